#include "models/sgd/positive_pairs.hpp"

#include <algorithm>

namespace attune::sgd {

PositivePairs::PositivePairs(const CsrMatrix& counts) : counts_(counts) {
    filter_.resize(counts.num_nonzero() / 4 + counts.num_rows + 1);
    pairs_.reserve(counts.num_nonzero());
    for (std::size_t customer = 0; customer < counts.num_rows; ++customer) {
        for (const std::uint32_t product : counts.row_columns(customer)) {
            const PositivePair pair{static_cast<std::uint32_t>(customer), product};
            pairs_.push_back(pair);
            const std::size_t bit = slot(pair);
            filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
        }
    }
}

bool PositivePairs::find(PositivePair pair) const {
    const auto products = counts_.row_columns(pair.customer);
    return std::binary_search(products.begin(), products.end(), pair.product);
}

bool PositivePairs::make_negative(std::uint32_t customer, std::uint32_t& product, Random& random,
                                  NegativeSampling sampling) const {
    constexpr int kMaxDraws = 64;
    for (int draw = 0; contains({customer, product}); ++draw) {
        if (draw == kMaxDraws) return false;
        product = draw_product(random, sampling);
    }
    return true;
}

}  // namespace attune::sgd
