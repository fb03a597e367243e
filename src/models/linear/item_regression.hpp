#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// What linear models of products learn: the targets of a product from a customer's strengths with
/// the other products,
///
///     min over w of  sum_u n_u^-c (y_uj - sum_i x_ui w_ij)^2,   w_jj = 0
///
/// where n_u is the number of products of customer u and c `customer_exponent`.
struct ItemRegressionOptions {
    StrengthOptions history;            ///< x; of the customer's products when scoring, too
    double target_half_life_days = 40;  ///< y: what was bought lately counts more; 0: all equal
    double customer_exponent = 1;       ///< a customer who has nearly everything says little
};

/// The regression's numbers, for the products that anyone has: position p stands for products[p].
struct ItemRegression {
    std::vector<std::uint32_t> products;  ///< ascending
    CsrMatrix inputs;                     ///< num_customers x positions: x
    CsrMatrix input_columns;              ///< positions x num_customers: x n_u^-c
    CsrMatrix target_columns;             ///< positions x num_customers: y n_u^-c

    [[nodiscard]] std::size_t size() const { return products.size(); }

    /// Adds row `position` of `columns` times the inputs: a column of X'WX from input_columns, a
    /// column of X'WY from target_columns.
    /// @param sums  one per position
    void add_products(const CsrMatrix& columns, std::size_t position, std::span<double> sums) const;
};

/// @errors kInvalidArgument: options out of range, a strength that is not finite; names the `model`
/// @cost   O(events log events)
Result<ItemRegression> make_item_regression(std::string_view model, const TrainingData& data,
                                            const ItemRegressionOptions& options);

/// Weights by target turned to what scoring wants: from source to target, over all products.
/// @param by_target  positions x positions: row j has the weights with which j's score is summed
CsrMatrix weights_from_source(const ItemRegression& regression, const CsrMatrix& by_target,
                              std::size_t num_products);

}  // namespace attune
