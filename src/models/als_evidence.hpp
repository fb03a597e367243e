#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/index.hpp"
#include "domain/evidence.hpp"
#include "features/catalogue.hpp"
#include "models/fold_in.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// The score of one product taken apart exactly: each product i of the history contributes
/// b_i y_j' A^-1 y_i. A product whose removal would not lower the score, although its contribution
/// is positive, is not cited.
/// @param max_evidence  products cited at most; the others are lumped
/// @param model         named in the evidence
/// @cost   max_evidence + 2 times that of FoldIn at most
/// @source Hu, Koren, Volinsky, ICDM 2008, section 5
Explanation als_explanation(const FoldInParameters& parameters,
                            std::span<const ProductStrength> history, ProductIndex product,
                            std::size_t max_evidence, const Catalogue& catalogue,
                            std::string_view model);

}  // namespace attune
