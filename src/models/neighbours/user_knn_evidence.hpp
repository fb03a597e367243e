#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/index.hpp"
#include "domain/evidence.hpp"
#include "features/catalogue.hpp"
#include "models/neighbours/user_similarity.hpp"

namespace attune {

/// The score of one product taken apart: each product of the history has the share in it that the
/// neighbours' similarities owe to it. Cited are those shares without which the score is lower also
/// when other neighbours come in.
/// @param own    the row that is left out of the neighbours, or kNobody
/// @param model  named in the evidence
/// @cost  2 + parameters.max_evidence times that of scoring, at most
Explanation user_knn_explanation(const UserKnnParameters& parameters, const ProductOwners& owners,
                                 std::span<const ProductStrength> history, std::uint32_t own,
                                 ProductIndex product, const Catalogue& catalogue,
                                 std::string_view model);

}  // namespace attune
