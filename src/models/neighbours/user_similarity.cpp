#include "models/neighbours/user_similarity.hpp"

namespace attune {

ProductOwners::ProductOwners(const UserKnnParameters& parameters)
    : customers(transpose(parameters.counts)) {
    per_unit.reserve(customers.num_nonzero());
    for (std::size_t product = 0; product < customers.num_rows; ++product) {
        for (std::size_t at = customers.offsets[product]; at < customers.offsets[product + 1];
             ++at) {
            per_unit.push_back(customers.values[at] * parameters.product_factors[product] *
                               parameters.customer_factors[customers.columns[at]]);
        }
    }
}

UserSimilarities::UserSimilarities(const ProductOwners& owners,
                                   const std::vector<ProductStrength>& history)
    : owners_(owners), sums_(owners.customers.num_columns) {
    for (const ProductStrength& entry : history) {
        const std::size_t end = owners.customers.offsets[entry.product.at() + 1];
        for (std::size_t at = owners.customers.offsets[entry.product.at()]; at < end; ++at) {
            const double part = entry.strength * owners.per_unit[at];
            if (!(part > 0)) continue;
            const std::uint32_t customer = owners.customers.columns[at];
            if (sums_[customer] == 0) touched_.push_back(customer);
            sums_[customer] += part;
        }
    }
}

void UserSimilarities::add(const ProductStrength& entry, double sign) {
    const std::size_t end = owners_.customers.offsets[entry.product.at() + 1];
    for (std::size_t at = owners_.customers.offsets[entry.product.at()]; at < end; ++at) {
        sums_[owners_.customers.columns[at]] += sign * entry.strength * owners_.per_unit[at];
    }
}

std::vector<Scored<double>> UserSimilarities::best(std::size_t num_neighbours) const {
    TopK<double> best(num_neighbours);
    for (const std::uint32_t customer : touched_) {
        if (sums_[customer] > 0) best.offer(customer, sums_[customer]);
    }
    return best.take();
}

}  // namespace attune
