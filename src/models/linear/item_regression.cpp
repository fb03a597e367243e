#include "models/linear/item_regression.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "models/check_option.hpp"
#include "models/feedback_checks.hpp"

namespace attune {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// The products that have an entry, ascending.
std::vector<std::uint32_t> used_columns(const CsrMatrix& matrix) {
    std::vector<bool> used(matrix.num_columns);
    for (const std::uint32_t column : matrix.columns) used[column] = true;
    std::vector<std::uint32_t> columns;
    for (std::size_t column = 0; column < used.size(); ++column) {
        if (used[column]) columns.push_back(static_cast<std::uint32_t>(column));
    }
    return columns;
}

/// The matrix with only the columns that have a position.
CsrMatrix with_positions(const CsrMatrix& matrix, const std::vector<std::uint32_t>& position_of,
                         std::size_t num_positions) {
    CsrMatrix result;
    result.num_rows = matrix.num_rows;
    result.num_columns = num_positions;
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            const std::uint32_t position = position_of[matrix.columns[at]];
            if (position == kNone) continue;
            result.columns.push_back(position);
            result.values.push_back(matrix.values[at]);
        }
        result.offsets.push_back(result.columns.size());
    }
    return result;
}

/// Transposed, the customers' values times their factors.
CsrMatrix weighted_columns(const CsrMatrix& matrix, const std::vector<float>& factors) {
    CsrMatrix columns = transpose(matrix);
    for (std::size_t at = 0; at < columns.num_nonzero(); ++at) {
        columns.values[at] *= factors[columns.columns[at]];
    }
    return columns;
}

}  // namespace

void ItemRegression::add_products(const CsrMatrix& columns, std::size_t position,
                                  std::span<double> sums) const {
    const auto customers = columns.row_columns(position);
    const auto factors = columns.row_values(position);
    for (std::size_t at = 0; at < customers.size(); ++at) {
        const double factor = factors[at];
        const auto others = inputs.row_columns(customers[at]);
        const auto values = inputs.row_values(customers[at]);
        for (std::size_t k = 0; k < others.size(); ++k) sums[others[k]] += factor * values[k];
    }
}

Result<ItemRegression> make_item_regression(std::string_view model, const TrainingData& data,
                                            const ItemRegressionOptions& options) {
    ATTUNE_TRY(validate(options.history, model));
    const StrengthOptions target{options.history.strength, options.target_half_life_days};
    ATTUNE_TRY(validate(target, model));
    ATTUNE_TRY(check_option(model, "customer_exponent", options.customer_exponent, 0, 4));
    ATTUNE_ASSIGN(const CsrMatrix strengths, feedback_matrix(data, options.history, model));
    ItemRegression regression;
    regression.products = used_columns(strengths);
    std::vector<std::uint32_t> position_of(data.num_products(), kNone);
    for (std::size_t p = 0; p < regression.size(); ++p) {
        position_of[regression.products[p]] = static_cast<std::uint32_t>(p);
    }
    regression.inputs = with_positions(strengths, position_of, regression.size());
    std::vector<float> factors;
    for (std::size_t u = 0; u < strengths.num_rows; ++u) {
        const auto has = static_cast<double>(strengths.row_columns(u).size());
        factors.push_back(has > 0 ? static_cast<float>(std::pow(has, -options.customer_exponent))
                                  : 0);
    }
    regression.input_columns = weighted_columns(regression.inputs, factors);
    regression.target_columns = weighted_columns(
        with_positions(strength_matrix(data, target), position_of, regression.size()), factors);
    return regression;
}

CsrMatrix weights_from_source(const ItemRegression& regression, const CsrMatrix& by_target,
                              std::size_t num_products) {
    CsrMatrix rows;  // by target, over all products
    rows.num_rows = num_products;
    rows.num_columns = num_products;
    std::size_t position = 0;
    for (std::size_t product = 0; product < num_products; ++product) {
        if (position < regression.size() && regression.products[position] == product) {
            const auto sources = by_target.row_columns(position);
            const auto values = by_target.row_values(position);
            for (std::size_t k = 0; k < sources.size(); ++k) {
                rows.columns.push_back(regression.products[sources[k]]);
                rows.values.push_back(values[k]);
            }
            ++position;
        }
        rows.offsets.push_back(rows.columns.size());
    }
    return transpose(rows);
}

}  // namespace attune
