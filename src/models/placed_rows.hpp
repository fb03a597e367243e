#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "models/model_io.hpp"

namespace attune {

/// Rows of `width` values, one a product that a model was trained on, at where the catalogue has
/// these products now; zeros for others.
/// @pre rows holds mapping.size() of them
template <typename T>
std::vector<T> placed_rows(const std::vector<T>& rows, std::size_t width,
                           const ProductMapping& mapping, std::size_t num_products) {
    std::vector<T> placed(num_products * width);
    for (std::size_t j = 0; j < mapping.size(); ++j) {
        if (!mapping[j]) continue;
        std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(j * width), width,
                    placed.begin() + static_cast<std::ptrdiff_t>(mapping[j]->at() * width));
    }
    return placed;
}

}  // namespace attune
