#include "text/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "core/random.hpp"
#include "text/stemmer.hpp"
#include "text/stop_words.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Tokenizer tokenizer(TokenizerOptions options = {}) {
    return std::move(Tokenizer::create(std::move(options)).value());
}

Tokenizer unstemmed(const std::string& language = "en") {
    return tokenizer({.language = language, .stem = false});
}

TEST(Tokenizer, FoldsDropsStopWordsAndStems) {
    EXPECT_THAT(tokenizer().terms("The Investments of an INVESTOR, and investing!"),
                ElementsAre("invest", "investor", "invest"));
    EXPECT_THAT(tokenizer().terms("the customer's don't"), ElementsAre("custom"));
}

TEST(Tokenizer, ShowsWordsAsTheyStandInTheText) {
    const std::string text = "Saving \xF0\x9F\x92\xB0 für HÄUSER";
    std::vector<std::string> words;
    std::vector<std::string> terms;
    tokenizer().for_each(text, [&](const Token& token) {
        EXPECT_GE(token.word.data(), text.data());
        EXPECT_LE(token.word.data() + token.word.size(), text.data() + text.size());
        words.emplace_back(token.word);
        terms.emplace_back(token.term);
    });
    EXPECT_THAT(words, ElementsAre("Saving", "für", "HÄUSER"));
    EXPECT_THAT(terms, ElementsAre("save", "für", "häuser"));
}

TEST(Tokenizer, DropsNumbersAndEmojiUnlessAsked) {
    const std::string text = "4.5 % p.a. 3rd \xF0\x9F\x98\x80 ok \xE2\x9D\xA4\xEF\xB8\x8F";
    EXPECT_THAT(unstemmed().terms(text), ElementsAre("p.a", "3rd", "ok"));
    EXPECT_THAT(tokenizer({.stem = false, .keep_numbers = true, .keep_emoji = true}).terms(text),
                ElementsAre("4.5", "p.a", "3rd", "\xF0\x9F\x98\x80", "ok", "\xE2\x9D\xA4"));
}

TEST(Tokenizer, DropsWhatIsTooLongForAWord) {
    const auto limited = tokenizer({.stem = false, .max_code_points = 3});
    EXPECT_THAT(limited.terms("abc abcd äöü äöüß"), ElementsAre("abc", "äöü"));
    EXPECT_THAT(tokenizer().terms(std::string(100'000, 'x') + " bank"), ElementsAre("bank"));
}

TEST(Tokenizer, KnowsGerman) {
    const auto german = tokenizer({.language = "de"});
    EXPECT_EQ(german.terms("Straße"), german.terms("STRASSE"));
    EXPECT_THAT(german.terms("Häuser"), ElementsAre("haus"));
    EXPECT_THAT(german.terms("und"), ElementsAre("und"));  // stop words are given, or English
    EXPECT_THAT(tokenizer({.language = "de", .stop_words = std::vector<std::string>{"UND", "Für"}})
                    .terms("Sparen und Für"),
                ElementsAre("spar"));
}

TEST(Tokenizer, KnowsTheTurkishDotlessI) {
    const auto turkish = unstemmed("tr");
    EXPECT_THAT(turkish.terms("ISPARTA İzmir kredi KREDİ Çay"),
                ElementsAre("ısparta", "izmir", "kredi", "kredi", "çay"));
    EXPECT_THAT(unstemmed("en").terms("ISPARTA"), ElementsAre("isparta"));
    EXPECT_THAT(tokenizer({.language = "tr"}).terms("evler"), ElementsAre("ev"));
}

TEST(Tokenizer, CutsTextWithoutSpaces) {
    EXPECT_THAT(unstemmed("zh").terms("我想要存款。"), ElementsAre("我", "想要", "存款"));
    EXPECT_THAT(unstemmed("ja").terms("住宅ローン"), ElementsAre("住宅", "ローン"));
    EXPECT_THAT(unstemmed("th").terms("เงินฝาก").size(), 2U);
}

TEST(Tokenizer, ReadsCompatibleFormsAsOne) {
    // Composed and combining, full width, ligature, typographic apostrophe.
    EXPECT_EQ(unstemmed().terms("cafe\xCC\x81"), unstemmed().terms("caf\xC3\xA9"));
    EXPECT_THAT(unstemmed().terms("ＢＡＮＫ ﬁnance it’s o’clock"),
                ElementsAre("bank", "finance", "o'clock"));
    EXPECT_THAT(unstemmed().terms("\xC2\xAD \xCC\x81"), IsEmpty());
}

TEST(Tokenizer, SurvivesBytesThatAreNoText) {
    EXPECT_THAT(unstemmed().terms("good\xFF\xFE savings \xF0\x9F\x92"),
                ElementsAre("good", "savings"));
    const Tokenizer both = tokenizer({.keep_numbers = true, .keep_emoji = true});
    Random random(7);
    for (int round = 0; round < 300; ++round) {
        std::string bytes;
        for (std::size_t i = random.below(60); i > 0; --i) {
            bytes.push_back(static_cast<char>(random.below(256)));
        }
        both.for_each(bytes, [&](const Token& token) {
            EXPECT_FALSE(token.term.empty());
            EXPECT_NE(bytes.find(token.word), std::string::npos);
        });
    }
}

TEST(Tokenizer, HasNothingToSayOfNothing) {
    EXPECT_THAT(tokenizer().terms(""), IsEmpty());
    EXPECT_THAT(tokenizer().terms("?! -- \n\t"), IsEmpty());
}

TEST(Tokenizer, StopsAtTheLimitOfText) {
    std::string text(Tokenizer::kMaxTextBytes, '.');
    text.replace(0, 5, "first");
    text += " last";
    EXPECT_THAT(unstemmed().terms(text), ElementsAre("first"));
}

TEST(Tokenizer, RefusesWhatItCannotDo) {
    const auto unknown = Tokenizer::create({.language = "xx"});
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(unknown.error().message, HasSubstr("english"));
    EXPECT_FALSE(Tokenizer::create({.max_code_points = 0}).has_value());
}

TEST(Tokenizer, GivesEachThreadTheSame) {
    const Tokenizer shared = tokenizer();
    const std::string text = "Flexible repayments and häuser with discounted interest rates";
    const auto expected = shared.terms(text);
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) count += shared.terms(text) != expected ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

TEST(Tokenizer, IsReentrant) {
    const Tokenizer outer = tokenizer();
    std::vector<std::string> seen;
    outer.for_each("saving loan", [&](const Token& token) {
        for (const std::string& term : outer.terms("home car")) {
            seen.push_back(std::string(token.term) + "/" + term);
        }
    });
    EXPECT_THAT(seen, ElementsAre("save/home", "save/car", "loan/home", "loan/car"));
}

TEST(Tokenizer, RemembersNoMoreWordsThanItMay) {
    const Tokenizer small = unstemmed();
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "w" + std::to_string(i) + " ";
    EXPECT_EQ(small.terms(text).size(), 20'000U);
    EXPECT_THAT(small.terms("w1 W1"), ElementsAre("w1", "w1"));
}

TEST(TokenizerOptions, SurviveSavingAndShowDamage) {
    const TokenizerOptions options{.language = "de",
                                   .stem = false,
                                   .keep_numbers = true,
                                   .keep_emoji = true,
                                   .max_code_points = 9,
                                   .stop_words = std::vector<std::string>{"und", ""}};
    BinaryWriter writer;
    save(options, writer);
    save(TokenizerOptions{}, writer);
    BinaryReader reader(writer.bytes());
    EXPECT_EQ(load_tokenizer_options(reader), options);
    EXPECT_EQ(load_tokenizer_options(reader), TokenizerOptions{});
    EXPECT_TRUE(reader.at_end() && !reader.failed());

    BinaryReader cut(std::string_view(writer.bytes()).substr(0, 12));
    load_tokenizer_options(cut);
    EXPECT_TRUE(cut.failed());
}

TEST(StopWords, AreSortedForReadersAndHoldTheCommonest) {
    const auto words = english_stop_words();
    EXPECT_TRUE(std::is_sorted(words.begin(), words.end()));
    EXPECT_TRUE(std::binary_search(words.begin(), words.end(), "the"));
    EXPECT_FALSE(std::binary_search(words.begin(), words.end(), "loan"));
}

TEST(Stemmer, KeepsWhatItCannotStem) {
    auto stemmer = std::move(Stemmer::create("english").value());
    EXPECT_EQ(stemmer.stem("deposits"), "deposit");
    EXPECT_EQ(stemmer.stem("存款"), "存款");
    EXPECT_EQ(stemmer.stem(""), "");
}

}  // namespace
}  // namespace attune
