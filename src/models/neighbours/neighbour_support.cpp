#include "models/neighbours/neighbour_support.hpp"

#include <algorithm>
#include <cstdint>

#include "models/product_strength.hpp"

namespace attune {

std::vector<float> freshness_of(const TrainingData& data, const CsrMatrix& counts,
                                double half_life_days) {
    std::vector<float> freshness;
    if (half_life_days <= 0) return freshness;
    freshness.reserve(counts.num_nonzero());
    std::vector<double> freshest(data.num_products());
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        const auto history = data.history(CustomerIndex(c));
        for (const Interaction& interaction : history) freshest[interaction.product.at()] = 0;
        for (const Interaction& interaction : history) {
            if (interaction.weight <= 0) continue;
            double& left = freshest[interaction.product.at()];
            left = std::max(left, decay(interaction.time, data.as_of, half_life_days));
        }
        for (const std::uint32_t product : counts.row_columns(c)) {
            freshness.push_back(static_cast<float>(freshest[product]));
        }
    }
    return freshness;
}

}  // namespace attune
