#include "explain/template_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace attune {
namespace {

using testing::HasSubstr;

const Vocabulary& vocabulary() {
    static const Vocabulary words{{"product", "date"}, {{"terms", {"words", "first"}}}};
    return words;
}

TEST(TemplateCheck, AcceptsWhatATemplateMayDo) {
    for (const char* text :
         {"plain", "{{product}}", "{{ product }}", "{{{product}}} {{&product}}",
          "{{! a comment }}x", "{{#date}}on {{date}}{{/date}}{{^date}}some day{{/date}}",
          "{ not a tag } }}", "{{#terms}}{{^first}}, {{/first}}{{words}} of {{product}}{{/terms}}",
          "{{#terms}}x{{/terms}}{{^terms}}none{{/terms}}"}) {
        const Status status = check_template(text, vocabulary());
        EXPECT_TRUE(status) << text << ": " << (status ? "" : status.error().message);
    }
}

TEST(TemplateCheck, RefusesWithTheLine) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "empty"},
        {" \n\t", "empty"},
        {"a\n{{product", "line 2: a tag is not closed by '}}'"},
        {"{{{product}}", "line 1: a tag is not closed by '}}}'"},
        {"{{", "line 1"},
        {"x\n\n{{prodcut}}",
         "line 3: there is no value 'prodcut' here; this template knows: date, "
         "product, terms"},
        {"{{words}}", "no value 'words'"},
        {"{{terms}}", "no value 'terms'"},
        {"{{^terms}}{{words}}{{/terms}}", "no value 'words'"},
        {"{{#terms}}{{wrods}}{{/terms}}", "knows: date, first, product, terms, words"},
        {"{{.}}", "no value '.'"},
        {"{{}}", "no value ''"},
        {"{{> other}}", "'other' is a partial"},
        {"{{=<% %>=}}", "delimiters"},
        {"{{#date}}\nx", "line 1: the section 'date' is not closed"},
        {"{{#date}}{{#terms}}{{/date}}{{/terms}}", "'date' is closed where 'terms' is open"},
        {"{{/date}}", "'date' is closed where no section is open"},
        {"{{!\n\n}}{{x}}", "line 3"}};
    for (const auto& [text, message] : cases) {
        const Status status = check_template(text, vocabulary());
        ASSERT_FALSE(status) << text;
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(status.error().message, HasSubstr(message)) << text;
    }
}

TEST(TemplateCheck, SurvivesAnyText) {
    rc::check([] {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(
            rc::gen::elementOf(std::vector<std::string>{"{{", "}}", "{", "}", "#", "/", "^", "!",
                                                        "product", "terms", "words", " ", "\n"}));
        std::string text;
        for (const std::string& piece : pieces) text += piece;
        const Status status = check_template(text, vocabulary());
        RC_ASSERT(status || !status.error().message.empty());
    });
}

}  // namespace
}  // namespace attune
