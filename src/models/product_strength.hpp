#pragma once

#include <span>
#include <vector>

#include "core/clock.hpp"
#include "core/index.hpp"
#include "core/result.hpp"
#include "features/customer_view.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"

namespace attune {

/// How a customer's events with one product become one number.
enum class Strength : std::uint8_t {
    kStrongest,  ///< the highest weight; 1 for any number of purchases
    kSum,        ///< the sum of weights, where the events of one basket count as their highest
    kLogSum,     ///< log2(1 + that sum)
};

/// With a half-life, the weight of an event of age a counts 2^(-a / half-life).
struct StrengthOptions {
    Strength strength = Strength::kStrongest;
    double half_life_days = 0;  ///< 0: events do not fade
};

/// A customer's dealings with one product.
struct ProductStrength {
    ProductIndex product;
    double strength = 0;  ///< > 0
    Timestamp latest;     ///< of the latest event that counts

    friend bool operator==(const ProductStrength&, const ProductStrength&) = default;
};

/// What share of its weight is left to an event at `time`; events of the future have not faded.
double decay(Timestamp time, Timestamp now, double half_life_days);

/// One entry per product with a positive strength, ascending. Dismissals weigh nothing.
/// @cost O(n log n)
std::vector<ProductStrength> product_strengths(std::span<const Interaction> history, Timestamp now,
                                               const StrengthOptions& options);

/// num_customers x num_products, as of the data's moment.
CsrMatrix strength_matrix(const TrainingData& data, const StrengthOptions& options);

/// @errors kInvalidArgument: a half-life that is negative or not finite; `model` is named
Status validate(const StrengthOptions& options, std::string_view model);

}  // namespace attune
