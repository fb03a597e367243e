#include "serving/why_not.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ranking/caps.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// Why an allowed product is not in the list.
void explain_absence(WhyNot& why, const ServingModel& model, const RecommendOptions& options,
                     const Placement& placement, ProductIndex product) {
    CapCounter caps(options.rules, model.catalogue());
    for (const ListedItem& item : why.better) {
        if (const auto index = model.catalogue().find(item.product_id)) caps.take(*index);
    }
    why.refusal = caps.refusal(product);
    const Product& record = model.catalogue().product(product);
    if (why.refusal == Refusal::kCategoryCap) {
        why.text = fmt::format("the list has the {} products of category {} that it may have",
                               options.rules.cap_of(record.category), record.category);
    } else if (why.refusal == Refusal::kBrandCap) {
        why.text = fmt::format("the list has the {} products of brand {} that it may have",
                               options.rules.brand_cap, record.brand);
    } else if (placement.position <= options.rank.num_items) {
        why.text =
            fmt::format("by its score it is number {} of {}, but it is too much like what is shown",
                        placement.position, placement.num_allowed);
    } else {
        why.text = fmt::format("by its score it is number {} of {}; {} are shown",
                               placement.position, placement.num_allowed, why.better.size());
    }
}

}  // namespace

Result<WhyNot> why_not(const LiveRecommender& recommender, const RecommendRequest& request,
                       const std::string& product_id) {
    ATTUNE_ASSIGN(const auto model, recommender.model());
    const auto product = model->catalogue().find(product_id);
    if (!product) {
        return fail(ErrorCode::kNotFound, "there is no product '{}'", product_id.substr(0, 200));
    }
    const Timestamp now = recommender.now();
    ATTUNE_ASSIGN(const CustomerInput customer,
                  recommender.input_of(request.customer_id, *model, now));
    ATTUNE_TRY(check_purpose(request.purpose, customer, now));
    ATTUNE_ASSIGN(const auto body, make_answer(request, {*model, customer, now}, nullptr));
    const RecommendOptions options = options_of(request, *model);
    ATTUNE_ASSIGN(Placement placement,
                  model->service->placement(customer.view(), options, now, *product));
    WhyNot why;
    why.product_id = product_id;
    why.name = model->catalogue().product(*product).name;
    why.score = placement.explanation.score;
    why.position = placement.position;
    why.contributions = std::move(placement.explanation.evidence);
    const auto shown =
        std::find_if(body->items.begin(), body->items.end(),
                     [&](const ListedItem& item) { return item.product_id == product_id; });
    why.better.assign(body->items.begin(), shown);
    if (shown != body->items.end()) {
        why.shown = true;
        why.position = why.better.size() + 1;
        why.text = fmt::format("it is shown as number {}", why.position);
    } else if (!placement.verdict.allowed) {
        why.refusal = placement.verdict.refusal;
        why.text = placement.verdict.text;
    } else {
        explain_absence(why, *model, options, placement, *product);
    }
    return why;
}

json to_json(const WhyNot& why) {
    json better = json::array();
    for (const ListedItem& item : why.better) {
        better.push_back(
            {{"product_id", item.product_id}, {"name", item.name}, {"score", item.score}});
    }
    json contributions = json::array();
    for (const Evidence& part : why.contributions) {
        json entry{{"kind", evidence_kind_name(part.kind)},
                   {"contribution", part.contribution},
                   {"model", part.model}};
        if (!part.subject.empty()) entry["subject"] = part.subject;
        if (!part.value.empty()) entry["value"] = part.value;
        if (part.time) entry["time"] = format_timestamp(*part.time);
        contributions.push_back(std::move(entry));
    }
    return {{"product_id", why.product_id},
            {"name", why.name},
            {"shown", why.shown},
            {"position", why.position == 0 ? json(nullptr) : json(why.position)},
            {"score", why.score},
            {"refusal", why.refusal ? json(refusal_name(*why.refusal)) : json(nullptr)},
            {"text", why.text},
            {"better", std::move(better)},
            {"contributions", std::move(contributions)}};
}

}  // namespace attune
