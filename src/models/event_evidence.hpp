#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/index.hpp"
#include "domain/evidence.hpp"
#include "features/catalogue.hpp"

namespace attune {

/// What a customer's dealings with one product add to a score.
struct EventPart {
    ProductIndex product;
    Timestamp latest;
    double contribution = 0;
    /// false: lump it, for the score would not change in the contribution's direction without it
    bool citable = true;
};

/// Makes parts uncitable that are lost in the rounding of the whole score.
/// @param beside  what the score holds besides the parts
void leave_rounding_uncited(std::vector<EventPart>& parts, double beside = 0);

/// One kEvent for each of the `max_evidence` strongest citable parts, strongest first, and one
/// kBaseline with the sum of the others. Parts of 0 are left out.
std::vector<Evidence> event_evidence(std::vector<EventPart> parts, std::size_t max_evidence,
                                     const Catalogue& catalogue, std::string_view model);

/// Adds what no event of the customer owes to the kBaseline that ends the evidence, or makes one.
void add_baseline(double contribution, std::string_view model, std::vector<Evidence>& evidence);

}  // namespace attune
