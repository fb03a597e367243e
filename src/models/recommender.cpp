#include "models/recommender.hpp"

#include <algorithm>

namespace attune {

std::vector<Explanation> Recommender::explain_all(const CustomerView& customer,
                                                  std::span<const ProductIndex> products) const {
    std::vector<Explanation> explanations;
    explanations.reserve(products.size());
    for (const ProductIndex product : products) explanations.push_back(explain(customer, product));
    return explanations;
}

std::vector<Scored<double>> Recommender::top_products(const CustomerView& customer,
                                                      std::size_t num_products, std::size_t k,
                                                      const ItemMask& mask) const {
    std::vector<double> scores(num_products);
    score(customer, scores);
    return top_k_if(std::span<const double>(scores), k, [&](std::uint32_t product) {
        return (mask.allowed.empty() || mask.allowed[product] != 0) &&
               !std::binary_search(mask.held.begin(), mask.held.end(), product);
    });
}

}  // namespace attune
