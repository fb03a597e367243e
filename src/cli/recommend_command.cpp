#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/training_support.hpp"
#include "serving/recommend_service.hpp"
#include "serving/settings.hpp"

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
        command->add_option("--n", num_items_, "Products in a list (default: ranking.items)")
            ->check(CLI::Range(1, 1000));
        command->add_option("--category", filter_.categories, "Only products of these categories")
            ->allow_extra_args(false);
        command->add_option("--brand", filter_.brands, "Only products of these brands")
            ->allow_extra_args(false);
        command->add_option("--exclude", filter_.excluded_ids, "Products to leave out, by id")
            ->allow_extra_args(false);
        command->add_flag("--counterfactual", counterfactual_,
                          "Also score each item again without the evidence it cites");
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        ATTUNE_ASSIGN(const auto snapshot, current_or_trained(context, *database));
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
            show(context, *snapshot, customer, result);
        }
        return {};
    }

 private:
    static Result<ReasonTemplates> load_templates(Context& context) {
        const std::string& set = context.config().text("explain.templates");
        const std::filesystem::path folder =
            set.empty() ? context.home() / "config" / "templates" / "reasons"
                        : std::filesystem::path(set);
        return load_reason_templates(folder, context.config().text("explain.language"));
    }

    static void show(Context& context, const ModelSnapshot& snapshot, const KnownCustomer& customer,
                     const Recommendations& result) {
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
            items.push_back(item_json(item, catalogue));
        }
        if (result.items.empty()) context.say("  no product may be shown to this customer");
        context.emit({{"customer_id", customer.id},
                      {"known", customer.known},
                      {"personalized", !customer.personalization_refused},
                      {"model_version", snapshot.version},
                      {"stages", stages_json(result.counts)},
                      {"items", std::move(items)}});
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
