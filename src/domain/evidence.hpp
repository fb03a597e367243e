#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace attune {

/// Where a part of a score comes from.
enum class EvidenceKind {
    kEvent,       ///< the customer's dealings with one product; subject: its id
    kTerm,        ///< a word of the profile or the history found in the product; subject: the word
    kAttribute,   ///< a field of the profile; subject: its name, value: what it holds
    kCohort,      ///< what similar customers do; subject: the cohort
    kPopularity,  ///< what all customers do; subject: the product's or the category's id
    kBaseline,    ///< what the model says of anybody, and parts too small to list
};

std::string_view evidence_kind_name(EvidenceKind kind);  ///< "event", "term", ...

/// Something of the profile that a customer shares with a cohort and that the cohort has more of
/// than others.
struct SharedTrait {
    std::string field;  ///< "occupation", an attribute's name
    std::string value;  ///< "retired"; of numbers "high" or "low"

    friend bool operator==(const SharedTrait&, const SharedTrait&) = default;
};

struct Evidence {
    EvidenceKind kind = EvidenceKind::kBaseline;
    std::string subject;
    std::string value;              ///< the attribute's value, the lift ("1.8"), the share ("0.12")
    std::optional<Timestamp> time;  ///< of the latest event
    double contribution = 0;        ///< its part of the score; negative parts lower it
    std::string model;              ///< the recommender it comes from
    std::vector<SharedTrait> traits{};  ///< of a cohort, the most telling first

    friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// A score and its parts: the contributions add up to the score (within rounding, 1e-9 relative).
struct Explanation {
    double score = 0;
    std::vector<Evidence> evidence;
};

/// Sum of the contributions.
double total_contribution(const std::vector<Evidence>& evidence);

}  // namespace attune
