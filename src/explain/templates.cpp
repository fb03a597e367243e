#include "explain/templates.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <set>
#include <utility>

#include "core/assert.hpp"
#include "explain/built_in_templates.hpp"
#include "explain/phrases.hpp"
#include "explain/template_data.hpp"
#include "explain/text_memo.hpp"

namespace attune {
namespace {

using kainjow::mustache::mustache;

constexpr std::string_view kExtension = ".mustache";
constexpr std::string_view kNamesFile = "names.txt";
constexpr std::size_t kMostRemembered = 20'000;  // texts, a few hundred bytes each

std::vector<std::string> template_names() {
    std::vector<std::string> names;
    for (const ReasonCode code : kReasonCodes) names.emplace_back(reason_code_name(code));
    names.emplace_back(kConditionTemplate);
    names.emplace_back(kItemTemplate);
    return names;
}

Result<std::unique_ptr<mustache>> parse(const std::string& name, const std::string& text) {
    ATTUNE_TRY(check_template(text, vocabulary_of(name)));
    auto parsed = std::make_unique<mustache>(text);
    if (!parsed->is_valid()) {
        return fail(ErrorCode::kInvalidArgument, "{}", parsed->error_message());
    }
    parsed->set_custom_escape([](const std::string& value) { return value; });
    return parsed;
}

Status refuse_strangers(const ReasonTemplates::Files& files,
                        const std::vector<std::string>& names) {
    for (const auto& [file, text] : files) {
        if (file == kNamesFile || !file.ends_with(kExtension)) continue;
        const std::string name = file.substr(0, file.size() - kExtension.size());
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        return fail(ErrorCode::kInvalidArgument, "{}: there is no reason '{}'; there are: {}", file,
                    name, fmt::join(names, ", "));
    }
    return {};
}

}  // namespace

struct ReasonTemplates::Parts {
    Names names;
    std::map<std::string, std::unique_ptr<mustache>, std::less<>> templates;
    /// Templates that may name the product, its brand or its category.
    std::set<std::string, std::less<>> of_product;
    mutable TextMemo memo{kMostRemembered};

    /// Rendering is not const in the library, for lambdas and partials may leave an error behind;
    /// neither occurs here (check_template), so nothing is written and threads may share it.
    [[nodiscard]] std::string render(std::string_view name, const kainjow::mustache::data& data,
                                     std::size_t max_bytes) const {
        const auto found = templates.find(name);
        ATTUNE_ASSERT(found != templates.end());
        std::string text;
        found->second->render(data, [&](const std::string& part) { text += part; });
        return one_line(text, max_bytes);
    }
};

ReasonTemplates::ReasonTemplates(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ReasonTemplates::ReasonTemplates(ReasonTemplates&&) noexcept = default;
ReasonTemplates& ReasonTemplates::operator=(ReasonTemplates&&) noexcept = default;
ReasonTemplates::~ReasonTemplates() = default;

Result<ReasonTemplates> ReasonTemplates::create(const Files& files) {
    const std::vector<std::string> names = template_names();
    ATTUNE_TRY(refuse_strangers(files, names));
    auto parts = std::make_unique<Parts>();
    for (const std::string& name : names) {
        const std::string file = name + std::string(kExtension);
        const auto found = files.find(file);
        if (found == files.end()) {
            return fail(ErrorCode::kInvalidArgument,
                        "{} is missing; there must be one template for each of: {}", file,
                        fmt::join(names, ", "));
        }
        auto parsed = parse(name, found->second);
        if (!parsed) return fail(parsed.error().at(file));
        parts->templates.emplace(name, std::move(*parsed));
        for (const char* of_product : {"product", "brand", "category"}) {
            if (found->second.find(of_product) != std::string::npos) parts->of_product.insert(name);
        }
    }
    if (const auto found = files.find(kNamesFile); found != files.end()) {
        auto parsed = Names::parse(found->second);
        if (!parsed) return fail(parsed.error().at(kNamesFile));
        parts->names = std::move(*parsed);
    }
    return ReasonTemplates(std::move(parts));
}

std::string ReasonTemplates::reason_text(const Reason& reason, const Product& product) const {
    const std::string_view name = reason_code_name(reason.code);
    return parts_->memo.get(
        "r" + reason_key(reason, product, parts_->of_product.contains(name)), [&] {
            return parts_->render(name, reason_data(reason, product, parts_->names),
                                  kMostReasonBytes);
        });
}

std::string ReasonTemplates::condition_text(const Condition& condition) const {
    return parts_->memo.get("c" + condition_key(condition), [&] {
        return parts_->render(kConditionTemplate, condition_data(condition, parts_->names),
                              kMostReasonBytes);
    });
}

std::string ReasonTemplates::item_text(std::span<const Reason> reasons,
                                       std::span<const Condition> conditions,
                                       const Product& product) const {
    std::vector<std::string> reason_texts;
    for (const Reason& reason : reasons) reason_texts.push_back(reason.text);
    const auto listed = conditions.first(std::min(conditions.size(), kMostConditions));
    std::vector<std::string> condition_texts;
    for (const Condition& condition : listed) condition_texts.push_back(condition_text(condition));
    return parts_->render(
        kItemTemplate,
        item_data(reason_texts, condition_texts, conditions.size() - listed.size(),
                  parts_->of_product.contains(kItemTemplate) ? &product : nullptr, parts_->names),
        kMostItemBytes);
}

Result<ReasonTemplates> built_in_reason_templates() {
    return ReasonTemplates::create(built_in_template_files());
}

ItemReasons explain_in_words(const ReasonTemplates& templates, const Explanation& explanation,
                             std::span<const Condition> conditions, const ReasonContext& context,
                             const ReasonOptions& options) {
    const Product& product = context.catalogue.product(context.product);
    ItemReasons item{derive_reasons(explanation, context, options), {}};
    for (Reason& reason : item.reasons) reason.text = templates.reason_text(reason, product);
    item.text = templates.item_text(item.reasons, conditions, product);
    return item;
}

}  // namespace attune
