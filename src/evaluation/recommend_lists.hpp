#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/index.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/split.hpp"
#include "features/customer_view.hpp"
#include "models/recommender.hpp"

namespace attune {

/// Writes a score for every product of the catalogue, higher is better. Called from many threads.
using ScoreFunction = std::function<void(const CustomerView&, std::span<double>)>;

/// What Recommender::top_products is. Called from many threads.
using ListFunction = std::function<std::vector<Scored<double>>(
    const CustomerView&, std::size_t num_products, std::size_t k, const ItemMask& mask)>;

/// Something that ranks: a recommender, a blend of several, a baseline.
struct ScoredModel {
    std::string name;
    ScoreFunction score;
    ListFunction list{};  ///< a way to lists that is faster than scoring everything; or none
};

/// Its lists are those of Recommender::top_products.
/// @lifetime  borrows the recommender
ScoredModel scored_model(std::string name, const Recommender& recommender);

inline constexpr std::string_view kRandomBaseline = "random";
inline constexpr std::string_view kPopularityBaseline = "popularity";

/// Every product with equal chance; the order depends on the seed and the customer's id alone.
ScoredModel random_baseline(std::uint64_t seed);

/// Products in order of the number of customers with a positive event before the cut, the same for
/// everybody.
ScoredModel popularity_baseline(const TimeSplit& split);

/// One list for each test customer, best first.
struct RecommendedLists {
    std::string name;
    std::vector<std::size_t> offsets{0};  ///< test customers + 1
    std::vector<ProductIndex> products;

    [[nodiscard]] std::size_t num_lists() const { return offsets.size() - 1; }
    [[nodiscard]] std::span<const ProductIndex> list(std::size_t position) const {
        return std::span(products).subspan(offsets[position],
                                           offsets[position + 1] - offsets[position]);
    }
};

/// The k best candidates that the customer does not hold, for every test customer as known at the
/// cut. Of equal scores the product with the lower index comes first. The same whatever the
/// threads. Taken from the model's own lists where it has them.
///
/// @errors kInvalidArgument: k is 0; kInternal: a score that is not finite, of a candidate or,
///         where the model has lists, in a list; model, customer and product are named
/// @cost   one list of the model, or one scoring of the catalogue and O(candidates log k), a
///         customer
Result<RecommendedLists> recommend_lists(const TimeSplit& split, const ScoredModel& model,
                                         std::size_t k, ThreadPool& pool);

}  // namespace attune
