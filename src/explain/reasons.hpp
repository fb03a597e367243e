#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/event.hpp"
#include "domain/evidence.hpp"
#include "explain/said_fields.hpp"
#include "features/catalogue.hpp"
#include "features/customer_view.hpp"

namespace attune {

/// Why an item is recommended, in the words of nobody yet.
enum class ReasonCode {
    kBoughtTogether,    ///< the customer bought products that speak for it
    kBoughtBefore,      ///< the customer bought it before
    kShowedInterest,    ///< the customer viewed, liked, shared or commented on it or on others
    kMatchedInterest,   ///< words of the customer's interests, preferences or needs are in it
    kSimilarCustomers,  ///< customers of the same cohort take it more often than others
    kProfileAttribute,  ///< fields of the profile speak for it
    kPopular,           ///< many customers have it
    kGeneral,           ///< nothing of the above: the model's view of anybody
    kNoProfile,         ///< beside others: nothing is known of the customer
    kNotPersonalized,   ///< beside others: the customer did not allow personalization
};

inline constexpr std::array kReasonCodes{
    ReasonCode::kBoughtTogether,  ReasonCode::kBoughtBefore,     ReasonCode::kShowedInterest,
    ReasonCode::kMatchedInterest, ReasonCode::kSimilarCustomers, ReasonCode::kProfileAttribute,
    ReasonCode::kPopular,         ReasonCode::kGeneral,          ReasonCode::kNoProfile,
    ReasonCode::kNotPersonalized};

std::string_view reason_code_name(ReasonCode code);  ///< "bought_together", ...

/// A dealing with a product: what the customer did that says most, and when last.
struct EventFact {
    std::string product_id;
    std::string product_name;
    EventType type = EventType::kView;
    Timestamp time;
    bool same_product = false;  ///< it is the recommended one

    friend bool operator==(const EventFact&, const EventFact&) = default;
};

enum class TermSource { kInterest, kPreference, kNeed, kElsewhere };

struct TermFact {
    std::string phrase;  ///< the customer's own words, or the bare word when they are not found
    TermSource source = TermSource::kElsewhere;

    friend bool operator==(const TermFact&, const TermFact&) = default;
};

struct AttributeFact {
    std::string field;  ///< "age", or the category for a holding
    std::string value;
    bool is_holding = false;  ///< the field says whether the category is held
    bool held = false;

    friend bool operator==(const AttributeFact&, const AttributeFact&) = default;
};

/// A reason with the evidence it cites and the facts its text may state. Only what belongs to its
/// code is filled.
struct Reason {
    ReasonCode code = ReasonCode::kGeneral;
    double contribution = 0;         ///< of the cited evidence
    std::vector<Evidence> evidence;  ///< cited, strongest first, each positive
    std::vector<EventFact> events;
    std::vector<TermFact> terms;
    std::vector<AttributeFact> attributes;
    std::vector<SharedTrait> traits;   ///< what the customer shares with the cohort
    double lift = 0;                   ///< above 1
    bool lift_is_of_category = false;  ///< else of the product itself
    std::optional<double> share;       ///< of customers, 0 to 1
    bool share_is_of_category = false;
    std::string text;  ///< empty until it is rendered
};

enum class Personalization { kAllowed, kRefused };

/// @lifetime  borrows the catalogue
struct ReasonContext {
    const Catalogue& catalogue;
    CustomerView customer;  ///< what the models were told
    ProductIndex product;
    Personalization personalization = Personalization::kAllowed;
};

struct ReasonOptions {
    std::size_t max_reasons = 3;
    std::size_t max_facts = 3;  ///< words, attributes or traits that one reason lists
    SaidFields said_fields;
    double min_part_of_strongest = 0.05;  ///< weaker reasons are not worth the reader's time
};

/// The strongest reasons of distinct codes, strongest first; never empty if max_reasons > 0.
///
/// Only positive evidence becomes a reason, after what is said of one event, word or attribute has
/// been added up. What the facts do not bear out is left out: an event that is not in the history,
/// an attribute without a value, a lift that is not above 1, and a cohort when what the profile
/// contributes in all is not positive (without the profile the score would then not be lower).
/// A field that may not be said is in no text: where the profile speaks for the product by such
/// fields alone or nearly so, the reason is kProfileAttribute without attributes.
/// A lift is taken to be of the category when what the same model says of all customers is.
/// kNoProfile or kNotPersonalized follow last where they are true.
std::vector<Reason> derive_reasons(const Explanation& explanation, const ReasonContext& context,
                                   const ReasonOptions& options);

}  // namespace attune
