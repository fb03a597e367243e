#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/training_support.hpp"
#include "serving/recommend_service.hpp"
#include "serving/settings.hpp"
#include "serving/shortfall.hpp"

namespace attune {
namespace {

using nlohmann::json;

json contribution_json(const Evidence& part) {
    json entry{{"kind", evidence_kind_name(part.kind)},
               {"contribution", part.contribution},
               {"model", part.model}};
    if (!part.subject.empty()) entry["subject"] = part.subject;
    if (!part.value.empty()) entry["value"] = part.value;
    if (part.time) entry["time"] = format_timestamp(*part.time);
    return entry;
}

json item_json(const RecommendedItem& item, const Catalogue& catalogue) {
    const Product& product = catalogue.product(item.ranked.product);
    json entry{{"product_id", product.id},     {"name", product.name},
               {"category", product.category}, {"brand", product.brand},
               {"score", item.ranked.score},   {"text", item.reasons.text}};
    entry["contributions"] = json::array();
    for (const Evidence& part : item.ranked.explanation.evidence) {
        entry["contributions"].push_back(contribution_json(part));
    }
    entry["reasons"] = json::array();
    for (const Reason& reason : item.reasons.reasons) {
        entry["reasons"].push_back({{"code", reason_code_name(reason.code)},
                                    {"contribution", reason.contribution},
                                    {"text", reason.text}});
    }
    entry["conditions"] = json::array();
    for (const Condition& condition : item.ranked.conditions) {
        entry["conditions"].push_back({{"rule", eligibility_rule_name(condition.rule)},
                                       {"required", condition.required},
                                       {"known", condition.known}});
    }
    entry["num_tied_in_category"] = item.ranked.num_tied;
    if (item.score_without_evidence) entry["score_without_evidence"] = *item.score_without_evidence;
    return entry;
}

json stages_json(const StageCounts& counts) {
    json refused = json::object();
    for (std::size_t i = 0; i < kNumRefusals; ++i) {
        const auto refusal = static_cast<Refusal>(i);
        if (counts.refused(refusal) > 0) {
            refused[std::string(refusal_name(refusal))] = counts.refused(refusal);
        }
    }
    return {{"scored", counts.num_scored},
            {"refused", refused},
            {"allowed", counts.num_allowed},
            {"pooled", counts.num_pooled},
            {"selected", counts.num_selected}};
}

json shortfall_json(const Shortfall& shortfall) {
    json causes = json::array();
    for (const Shortfall::Cause& cause : shortfall.causes) {
        causes.push_back(
            {{"refusal", refusal_name(cause.refusal)}, {"products", cause.num_products}});
    }
    return {{"asked", shortfall.num_asked},
            {"given", shortfall.num_given},
            {"causes", std::move(causes)},
            {"text", shortfall.text}};
}

class RecommendCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command =
            declare(app, "recommend", "Recommend products to customers, with reasons");
        command
            ->add_option("--customer", customers_,
                         "Whom to recommend to; may be given several times")
            ->required()
            ->allow_extra_args(false);
        command->add_option("-n,--n", num_items_, "Products in a list (default: ranking.items)")
            ->check(CLI::Range(1, 1000));
        command->add_option("--category", filter_.categories, "Only products of these categories")
            ->allow_extra_args(false);
        command->add_option("--brand", filter_.brands, "Only products of these brands")
            ->allow_extra_args(false);
        command->add_option("--exclude", filter_.excluded_ids, "Products to leave out, by id")
            ->allow_extra_args(false);
        command->add_flag("--counterfactual", counterfactual_,
                          "Also score each item again as if the customer's evidence for it had "
                          "never been");
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        ATTUNE_ASSIGN(const auto snapshot, current_or_trained(context, *database));
        ATTUNE_ASSIGN(const bool up_to_date, is_up_to_date(context, *database, *snapshot));
        ATTUNE_ASSIGN(ReasonTemplates templates, load_templates(context));
        ATTUNE_ASSIGN(const auto service, RecommendService::create(snapshot, std::move(templates)));
        RecommendOptions options;
        options.rank = rank_options(context.config());
        if (num_items_ > 0) options.rank.num_items = num_items_;
        ATTUNE_ASSIGN(options.rules, constraint_rules(context.config(), *snapshot->catalogue));
        ATTUNE_ASSIGN(options.reasons, reason_options(context.config()));
        options.filter = filter_;
        options.counterfactual = counterfactual_;
        options.max_scored_events =
            static_cast<std::size_t>(context.config().integer("ranking.max_scored_events"));
        const Timestamp now = SystemClock().now();
        for (const std::string& id : customers_) {
            ATTUNE_ASSIGN(const KnownCustomer customer,
                          load_known_customer(*database, id, *snapshot, now));
            ATTUNE_ASSIGN(const Recommendations result, service->recommend(customer, options, now));
            show(context, *snapshot, customer, result,
                 shortfall_of(result.counts, options.rank.num_items, options.rules), up_to_date);
        }
        return {};
    }

 private:
    static Result<ReasonTemplates> load_templates(Context& context) {
        const std::string& set = context.config().text("explain.templates");
        std::filesystem::path folder = set;
        if (set.empty()) {
            ATTUNE_ASSIGN(const std::filesystem::path home, context.home());
            folder = home / "config" / "templates" / "reasons";
        }
        return load_reason_templates(folder, context.config().text("explain.language"));
    }

    /// Whether the model was trained on the data as it is now; says so where it was not.
    static Result<bool> is_up_to_date(const Context& context, Database& database,
                                      const ModelSnapshot& snapshot) {
        ATTUNE_ASSIGN(const std::uint64_t revision, database.revision());
        if (revision == snapshot.database_revision) return true;
        context.remark(fmt::format(
            "the data has changed since model {} was trained on it: what is new of a customer "
            "counts, but what it teaches does not until the next `attune train`",
            snapshot.version));
        return false;
    }

    void show(Context& context, const ModelSnapshot& snapshot, const KnownCustomer& customer,
              const Recommendations& result, const std::optional<Shortfall>& shortfall,
              bool up_to_date) const {
        const Catalogue& catalogue = *snapshot.catalogue;
        if (!customer.known) {
            context.remark(fmt::format(
                "customer '{}' is not in the database: recommending as to a visitor", customer.id));
        }
        context.say(fmt::format("{}", describe(customer)));
        json items = json::array();
        std::size_t position = 0;
        for (const RecommendedItem& item : result.items) {
            const Product& product = catalogue.product(item.ranked.product);
            context.say(fmt::format(
                "{:>3}. {}  [{}]  {:.4f}", ++position, product.name,
                product.brand.empty() ? product.id : product.brand + ", " + product.category,
                item.ranked.score));
            context.say("     " + item.reasons.text);
            if (item.ranked.num_tied > 0) context.say("     " + tie_remark(item.ranked.num_tied));
            if (counterfactual_) context.say("     " + counterfactual_line(item));
            items.push_back(item_json(item, catalogue));
        }
        if (result.items.empty()) context.say("  no product may be shown to this customer");
        if (shortfall) context.say("  " + shortfall->text);
        json object{{"customer_id", customer.id},
                    {"known", customer.known},
                    {"personalized", !customer.personalization_refused},
                    {"model_version", snapshot.version},
                    {"model_up_to_date", up_to_date},
                    {"stages", stages_json(result.counts)},
                    {"items", std::move(items)}};
        if (shortfall) object["shortfall"] = shortfall_json(*shortfall);
        context.emit(object);
    }

    static std::string counterfactual_line(const RecommendedItem& item) {
        if (!item.score_without_evidence) {
            return "Without the customer's own evidence: the same, for there is none for it.";
        }
        return fmt::format("Without the customer's own evidence: {:.4f}.",
                           *item.score_without_evidence);
    }

    static std::string describe(const KnownCustomer& customer) {
        std::string line = customer.id;
        if (const auto& profile = customer.state.profile) {
            if (!profile->name.empty()) line += ", " + profile->name;
            if (profile->age) line += fmt::format(", {} years", *profile->age);
            for (const std::string* field :
                 {&profile->occupation, &profile->industry, &profile->location}) {
                if (!field->empty()) line += ", " + *field;
            }
            if (!profile->held_categories.empty()) {
                line += fmt::format(", holds {}", fmt::join(profile->held_categories, ", "));
            }
        }
        if (!customer.state.history.empty()) {
            line += fmt::format(", {} events", customer.state.history.size());
        }
        if (customer.personalization_refused) line += ", refused personalization";
        return line;
    }

    static std::string tie_remark(std::size_t num_tied) {
        return fmt::format(
            "Scores the same as {} other {} of its category; the plainest of them "
            "come first.",
            num_tied, num_tied == 1 ? "product" : "products");
    }

    std::vector<std::string> customers_;
    std::size_t num_items_ = 0;
    RequestFilter filter_;
    bool counterfactual_ = false;
};

}  // namespace

std::unique_ptr<Command> make_recommend_command() {
    return std::make_unique<RecommendCommand>();
}

}  // namespace attune
