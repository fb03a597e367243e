#pragma once

#include <string>
#include <utility>
#include <vector>

#include "explain/reasons.hpp"

namespace attune::test {

inline constexpr Timestamp kNow{1'320'000'000'000};  // 2011-10-30T18:40:00Z

inline Product product(std::string id, std::string name, std::string category) {
    Product made;
    made.id = std::move(id);
    made.name = std::move(name);
    made.category = std::move(category);
    return made;
}

/// A small shop and a customer of it. Indexes: cup 0, mug 1, plate 2, saver 3.
struct Scene {
    Catalogue catalogue{
        {product("cup", "BLUE CUP", "KITCHEN"), product("mug", "RED RETROSPOT MUG", "KITCHEN"),
         product("plate", "Plate", "KITCHEN"), product("saver", "Offset Saver", "TERM_DEPOSITS")}};
    Customer customer;
    bool known = true;
    std::vector<Interaction> history;
    Explanation explanation;
    ProductIndex recommended{0};
    Personalization personalization = Personalization::kAllowed;
    ReasonOptions options;

    void did(std::size_t index, EventType type, int days_ago) {
        history.push_back({ProductIndex(index), type, add_days(kNow, -days_ago), 1.0F, 0});
    }

    void cite(EvidenceKind kind, std::string subject, std::string value, double contribution) {
        explanation.evidence.push_back(
            {kind, std::move(subject), std::move(value), std::nullopt, contribution, "model"});
        explanation.score += contribution;
    }

    [[nodiscard]] ReasonContext context() const {
        return {
            catalogue, {known ? &customer : nullptr, history, kNow}, recommended, personalization};
    }

    [[nodiscard]] std::vector<Reason> reasons() const {
        return derive_reasons(explanation, context(), options);
    }

    [[nodiscard]] std::vector<std::string> codes() const {
        std::vector<std::string> names;
        for (const Reason& reason : reasons()) names.emplace_back(reason_code_name(reason.code));
        return names;
    }
};

}  // namespace attune::test
