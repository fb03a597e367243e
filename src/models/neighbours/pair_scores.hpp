#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/neighbours/row_multiplier.hpp"

namespace attune {

// What RowMultiplier makes of a sum over the customers of two products. Values by rank, up to a
// whole block of them.

/// sum x source_i x target_j: cosine, lift, inner products.
template <typename Value>
struct ScaledScore {
    using Score = Value;
    static constexpr bool kVectorizes = true;

    std::vector<Value> sources;
    std::vector<Value> targets;

    struct Row {
        Value source;
        const Value* targets;
        template <typename Sum>
        Value operator()(Sum sum, std::size_t j) const {
            return static_cast<Value>(sum) * source * targets[j];
        }
    };
    [[nodiscard]] Row row(std::size_t i) const { return {sources[i], targets.data()}; }
};

/// (sum - s_i s_j / N) / (d_i d_j), with d^2 = sum of squares - s^2 / N.
struct PearsonScore {
    using Score = float;
    static constexpr bool kVectorizes = true;

    float num_customers = 1;
    std::vector<float> sums;
    std::vector<float> inverse_deviations;  ///< 0 for products that all customers have alike

    struct Row {
        float expected;  ///< of s_j = 1
        float inverse_deviation;
        const float* sums;
        const float* inverse_deviations;
        template <typename Sum>
        float operator()(Sum sum, std::size_t j) const {
            return (static_cast<float>(sum) - expected * sums[j]) * inverse_deviation *
                   inverse_deviations[j];
        }
    };
    [[nodiscard]] Row row(std::size_t i) const {
        return {sums[i] / num_customers, inverse_deviations[i], sums.data(),
                inverse_deviations.data()};
    }
};

/// c / (n_i + n_j - c)
struct JaccardScore {
    using Score = float;
    static constexpr bool kVectorizes = true;

    std::vector<float> counts;

    struct Row {
        float count;
        const float* counts;
        template <typename Sum>
        float operator()(Sum sum, std::size_t j) const {
            const auto both = static_cast<float>(sum);
            return both / (count + counts[j] - both);
        }
    };
    [[nodiscard]] Row row(std::size_t i) const { return {counts[i], counts.data()}; }
};

/// G^2 = 2 sum over the four cells of k ln(k / expected), where c is more than expected.
struct LogLikelihoodScore {
    using Score = double;
    static constexpr bool kVectorizes = false;

    std::vector<std::size_t> counts;
    std::vector<double> x_log_x;  ///< of 0 .. N

    explicit LogLikelihoodScore(std::size_t num_customers) : x_log_x(num_customers + 1) {
        for (std::size_t x = 1; x <= num_customers; ++x) {
            x_log_x[x] = static_cast<double>(x) * std::log(static_cast<double>(x));
        }
    }

    struct Row {
        const LogLikelihoodScore* table;
        std::size_t count;
        template <typename Sum>
        double operator()(Sum sum, std::size_t j) const {
            const auto both = static_cast<std::size_t>(sum);
            const std::vector<double>& x_log_x = table->x_log_x;
            const std::size_t all = x_log_x.size() - 1;
            const std::size_t other = table->counts[j];
            if (both * all <= count * other) return 0;
            const double cells = x_log_x[both] + x_log_x[count - both] + x_log_x[other - both] +
                                 x_log_x[all - count - other + both];
            const double margins =
                x_log_x[count] + x_log_x[all - count] + x_log_x[other] + x_log_x[all - other];
            return 2 * (cells - margins + x_log_x[all]);
        }
    };
    [[nodiscard]] Row row(std::size_t i) const { return {this, counts[i]}; }
};

}  // namespace attune
