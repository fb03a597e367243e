#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.hpp"
#include "core/index.hpp"
#include "domain/customer.hpp"
#include "domain/event.hpp"
#include "domain/evidence.hpp"
#include "features/catalogue.hpp"

namespace attune {

/// One event of a customer, as models see it.
struct Interaction {
    ProductIndex product;
    EventType type = EventType::kView;
    Timestamp time;
    float weight = 0;          ///< what the event's type is worth; 0 for dismissals
    std::uint64_t basket = 0;  ///< equal for the customer's events of one context (an invoice)

    friend bool operator==(const Interaction&, const Interaction&) = default;
};

/// What a recommender may know of a customer when it scores.
///
/// @lifetime  borrows; whoever made it keeps the profile and the history alive
struct CustomerView {
    const Customer* profile = nullptr;     ///< none: nothing is known of the person
    std::span<const Interaction> history;  ///< ascending by time
    Timestamp now;                         ///< the moment that decay is counted from

    /// What is known of nobody in particular: what is left when consent is refused.
    static CustomerView anonymous(Timestamp now) { return {nullptr, {}, now}; }
};

/// Owns what a view borrows.
struct CustomerState {
    std::optional<Customer> profile;
    std::vector<Interaction> history;  ///< ascending by time
    Timestamp now;

    [[nodiscard]] CustomerView view() const {
        return {profile ? &*profile : nullptr, history, now};
    }
};

/// The interaction an event stands for; none when the catalogue lacks its product.
std::optional<Interaction> to_interaction(const Event& event, const Catalogue& catalogue,
                                          const EventWeights& weights);

/// The customer as if the cited evidence had never been: every event with a cited product, every
/// cited attribute and every entry of interests, preferences and needs that has a cited word (as
/// the customer wrote it, whole; the case of ASCII letters does not matter) is taken out; a cited
/// cohort takes the whole profile out. For "what if" and for tests that reasons are real.
CustomerState without_evidence(const CustomerView& view, const std::vector<Evidence>& evidence,
                               const Catalogue& catalogue);

}  // namespace attune
