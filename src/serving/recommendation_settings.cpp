// What the configuration says to the constraint stage, the ranking and the reasons.
#include <fmt/ranges.h>

#include <algorithm>

#include "serving/setting_values.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

Result<EligibilityRule> parse_rule(const std::string& name) {
    std::vector<std::string_view> known;
    for (const EligibilityRule rule : kEligibilityRules) {
        if (eligibility_rule_name(rule) == name) return rule;
        known.push_back(eligibility_rule_name(rule));
    }
    return fail(ErrorCode::kInvalidArgument, "ranking.refuse_unknown: no rule '{}'; there are {}",
                name, fmt::join(known, ", "));
}

/// The categories that a key of [eligibility] names: those of the catalogue and those that the
/// defaults know, for a catalogue need not have products of all of them.
Result<std::vector<std::string>> parse_categories(const Config& config, std::string_view key,
                                                  const Catalogue& catalogue) {
    const EligibilityDefaults defaults;
    std::vector<std::string> names = parse_names(config.text(key));
    for (const std::string& name : names) {
        const auto knows = [&](const std::vector<std::string>& known) {
            return std::find(known.begin(), known.end(), name) != known.end();
        };
        if (knows(catalogue.categories()) || knows(defaults.credit_categories) ||
            knows(defaults.person_categories) || knows(defaults.organisation_categories)) {
            continue;
        }
        return fail(ErrorCode::kInvalidArgument,
                    "{}: there is no category '{}'; the products have {}, and {} are known too",
                    key, name, fmt::join(catalogue.categories(), ", "),
                    fmt::join(defaults.credit_categories, ", "));
    }
    return names;
}

Result<EligibilityDefaults> eligibility_defaults(const Config& config, const Catalogue& catalogue) {
    EligibilityDefaults defaults;
    defaults.credit_minimum_age =
        static_cast<int>(config.integer("eligibility.credit_minimum_age"));
    ATTUNE_ASSIGN(defaults.credit_categories,
                  parse_categories(config, "eligibility.credit_categories", catalogue));
    ATTUNE_ASSIGN(defaults.person_categories,
                  parse_categories(config, "eligibility.person_categories", catalogue));
    ATTUNE_ASSIGN(defaults.organisation_categories,
                  parse_categories(config, "eligibility.organisation_categories", catalogue));
    defaults.organisation_words = parse_names(config.text("eligibility.organisation_words"));
    ATTUNE_TRY(validate(defaults));
    return defaults;
}

}  // namespace

Result<ConstraintRules> constraint_rules(const Config& config, const Catalogue& catalogue) {
    ConstraintRules rules;
    rules.exclude_held = config.boolean("ranking.exclude_held");
    rules.exclude_dismissed = config.boolean("ranking.exclude_dismissed");
    const std::string& one_of = config.text("ranking.one_of_category");
    rules.exclude_held_category.all = one_of == "all";
    if (one_of != "all" && one_of != "none") {
        rules.exclude_held_category.names = parse_names(one_of);
        for (const std::string& name : rules.exclude_held_category.names) {
            if (catalogue.find_category(name)) continue;
            return fail(
                ErrorCode::kInvalidArgument,
                "ranking.one_of_category: no product has the category '{}'; write all, none "
                "or some of {}",
                name, fmt::join(catalogue.categories(), ", "));
        }
    }
    if (const double days = config.number("ranking.dismissed_expiry_days"); days > 0) {
        rules.dismissed_expiry_days = days;
    }
    ATTUNE_ASSIGN(rules.eligibility_defaults, eligibility_defaults(config, catalogue));
    rules.organisation_product_ids = rules.eligibility_defaults.organisation_products(catalogue);
    rules.category_cap = size_of(config, "ranking.category_cap");
    rules.brand_cap = size_of(config, "ranking.brand_cap");
    for (const std::string& name : parse_names(config.text("ranking.refuse_unknown"))) {
        ATTUNE_ASSIGN(const EligibilityRule rule, parse_rule(name));
        rules.unknown_policies[rule] = UnknownPolicy::kRefuse;
    }
    return rules;
}

RankOptions rank_options(const Config& config) {
    RankOptions options;
    options.num_items = size_of(config, "ranking.items");
    options.pool_size = size_of(config, "ranking.pool");
    options.mmr_lambda = config.number("ranking.mmr_lambda");
    return options;
}

Result<ReasonOptions> reason_options(const Config& config) {
    ReasonOptions options;
    options.said_fields.allowed = parse_names(config.text("explain.said_fields"));
    options.said_fields.never = parse_names(config.text("explain.never_said_fields"));
    ATTUNE_TRY(validate(options.said_fields));
    return options;
}

}  // namespace attune
