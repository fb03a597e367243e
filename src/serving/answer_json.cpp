#include "serving/answer_json.hpp"

#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "domain/json.hpp"

namespace attune {
namespace {

void add_conditions(JsonText& json, const RankedItem& ranked) {
    json.array("conditions", ranked.conditions, [&](const Condition& condition) {
        json.object([&] {
            json.field("rule", eligibility_rule_name(condition.rule));
            json.field("required", condition.required);
            json.field("known", condition.known);
        });
    });
}

void add_contribution(JsonText& json, const Evidence& part) {
    json.object([&] {
        json.field("kind", evidence_kind_name(part.kind));
        json.field("contribution", part.contribution);
        json.field("model", part.model);
        if (!part.subject.empty()) json.field("subject", part.subject);
        if (!part.value.empty()) json.field("value", part.value);
        if (part.time) json.field("time", format_timestamp(*part.time));
    });
}

void add_reasons(JsonText& json, const RecommendedItem& item, bool with_text) {
    json.array("reasons", item.reasons.reasons, [&](const Reason& reason) {
        json.object([&] {
            json.field("code", reason_code_name(reason.code));
            json.field("contribution", reason.contribution);
            if (with_text) json.field("text", reason.text);
        });
    });
}

void add_item(JsonText& json, const RecommendedItem& item, std::size_t position,
              const Product& product, Explain explain) {
    json.object([&] {
        json.field("product_id", product.id);
        json.field("name", product.name);
        json.field("category", product.category);
        json.field("brand", product.brand);
        json.field("score", item.ranked.score);
        json.field("position", position);
        json.field("text", item.reasons.text);
        json.field("num_tied_in_category", item.ranked.num_tied);
        add_conditions(json, item.ranked);
        if (explain == Explain::kNo) return;
        add_reasons(json, item, true);
        json.array("contributions", item.ranked.explanation.evidence,
                   [&](const Evidence& part) { add_contribution(json, part); });
    });
}

void add_request(JsonText& json, const RecommendRequest& request, std::size_t num_items) {
    const auto text = [&](const std::string& value) { json.value(value); };
    json.object("request", [&] {
        json.field("n", num_items);
        json.field("explain", request.explain == Explain::kYes);
        if (!request.filter.categories.empty()) {
            json.array("categories", request.filter.categories, text);
        }
        if (!request.filter.brands.empty()) json.array("brands", request.filter.brands, text);
        if (!request.filter.excluded_ids.empty()) {
            json.array("exclude", request.filter.excluded_ids, text);
        }
        if (request.filter.boosts.empty()) return;
        json.array("boosts", request.filter.boosts, [&](const Boost& boost) {
            json.object([&] {
                json.field("subject", boost.subject);
                json.field("factor", boost.factor);
            });
        });
    });
}

void add_state(JsonText& json, const AnswerInput& input) {
    const EventsMark mark = mark_events(input.customer.record.get(), input.now);
    json.object("state", [&] {
        json.field("decay_from", format_timestamp(input.customer.decay_from));
        json.field("num_events", mark.count);
        json.field("events_hash", to_hex(mark.hash));
        if (!input.customer.profile) return;
        json.json("profile", to_json(*input.customer.profile)
                                 .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    });
}

}  // namespace

EventsMark mark_events(const CustomerRecord* record, Timestamp now) {
    EventsMark mark;
    if (record == nullptr) return mark;
    record->for_each_until(now, [&](const KnownEvent& event) {
        ++mark.count;
        mark.hash += event.id_hash;
    });
    return mark;
}

std::string items_json(const Recommendations& result, const Catalogue& catalogue, Explain explain) {
    fmt::memory_buffer text;
    JsonText json(text);
    std::size_t position = 0;
    json.array(result.items, [&](const RecommendedItem& item) {
        add_item(json, item, ++position, catalogue.product(item.ranked.product), explain);
    });
    return fmt::to_string(text);
}

std::string stages_json(const StageCounts& counts, const StageClock* stages) {
    fmt::memory_buffer text;
    JsonText json(text);
    json.object([&] {
        json.field("scored", counts.num_scored);
        json.object("refused", [&] {
            for (std::size_t r = 0; r < kNumRefusals; ++r) {
                const auto refusal = static_cast<Refusal>(r);
                if (counts.refused(refusal) > 0) {
                    json.field(refusal_name(refusal), counts.refused(refusal));
                }
            }
        });
        json.field("allowed", counts.num_allowed);
        json.field("pooled", counts.num_pooled);
        json.field("selected", counts.num_selected);
        if (stages == nullptr) return;
        json.object("us", [&] {
            json.field("state", stages->state_us());
            json.field("score", stages->score_us());
            json.field("constrain", stages->constrain_us());
            json.field("choose", stages->choose_us());
            json.field("explain", stages->explain_us());
            json.field("reasons", stages->reasons_us());
        });
        json.array("models", stages->models(), [&](const StageClock::Model& model) {
            json.object([&] {
                json.field("name", model.name);
                json.field("weight", model.weight);
                json.field("us", model.us);
            });
        });
    });
    return fmt::to_string(text);
}

std::string shortfall_json(const Shortfall& shortfall) {
    fmt::memory_buffer text;
    JsonText json(text);
    json.object([&] {
        json.field("asked", shortfall.num_asked);
        json.field("given", shortfall.num_given);
        json.array("causes", shortfall.causes, [&](const Shortfall::Cause& cause) {
            json.object([&] {
                json.field("refusal", refusal_name(cause.refusal));
                json.field("products", cause.num_products);
            });
        });
        json.field("text", shortfall.text);
    });
    return fmt::to_string(text);
}

std::string decision_json(const RecommendRequest& request, const AnswerInput& input,
                          const Recommendations& result, const std::string& stages) {
    fmt::memory_buffer text;
    JsonText json(text);
    const RecommendOptions options = options_of(request, input.model);
    json.object([&] {
        add_request(json, request, options.rank.num_items);
        json.field("known", input.customer.record != nullptr);
        json.field("personalized", !input.customer.personalization_refused);
        add_state(json, input);
        json.field("settings_hash", input.model.settings_hash);
        json.field("products_hash", to_hex(input.model.products_hash));
        std::size_t position = 0;
        json.array("items", result.items, [&](const RecommendedItem& item) {
            const Product& product = input.model.catalogue().product(item.ranked.product);
            json.object([&] {
                json.field("product_id", product.id);
                json.field("name", product.name);
                json.field("score", item.ranked.score);
                json.field("position", ++position);
                json.field("text", item.reasons.text);
                add_reasons(json, item, false);
            });
        });
        json.json("stages", stages);
    });
    return fmt::to_string(text);
}

void append_answer(const Answer& answer, fmt::memory_buffer& target) {
    const AnswerBody& body = *answer.body;
    JsonText json(target);
    json.object([&] {
        json.field("user_id", body.customer_id);
        json.json("recommendations", body.items_json);
        json.field("message", body.message);
        json.field("decision_id", answer.decision_id);
        json.field("model_version", body.model_version);
        json.field("model_up_to_date", answer.model_up_to_date);
        json.field("personalized", body.personalized);
        json.field("known", body.known);
        json.json("stages", body.stages_json);
        if (!body.shortfall_json.empty()) json.json("shortfall", body.shortfall_json);
        json.field("cached", answer.cached);
        json.field("latency_us", answer.latency_us);
    });
}

void append_answer_in_list(const Answer& answer, fmt::memory_buffer& target) {
    JsonText json(target);
    json.object([&] {
        json.field("user_id", answer.body->customer_id);
        json.json("items", answer.body->items_json);
    });
}

}  // namespace attune
