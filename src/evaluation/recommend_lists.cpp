#include "evaluation/recommend_lists.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "core/hash.hpp"
#include "core/random.hpp"
#include "math/top_k.hpp"

namespace attune {
namespace {

constexpr std::size_t kCustomersPerChunk = 16;

/// What one thread needs to make lists.
struct Scratch {
    std::vector<double> scores;
    TopK<double> best;
    std::vector<std::uint32_t> held;
};

/// Whether the candidates' scores are finite, and the best of them that are not held, best first.
bool pick(const TimeSplit& split, std::size_t position, Scratch& scratch,
          std::vector<ProductIndex>& list) {
    const std::span<const ProductIndex> held = split.held_of(position);
    auto next_held = held.begin();
    for (const ProductIndex product : split.candidates) {
        const double score = scratch.scores[product.at()];
        if (!std::isfinite(score)) {
            static_cast<void>(scratch.best.take());
            return false;
        }
        while (next_held != held.end() && *next_held < product) ++next_held;
        if (next_held != held.end() && *next_held == product) continue;
        scratch.best.offer(product.value, score);
    }
    for (const auto& [product, score] : scratch.best.take()) list.emplace_back(product);
    return true;
}

/// The same of the model's own list.
bool pick_listed(const TimeSplit& split, std::size_t position, const ScoredModel& model,
                 std::size_t k, std::span<const std::uint8_t> allowed, Scratch& scratch,
                 std::vector<ProductIndex>& list) {
    scratch.held.clear();
    for (const ProductIndex product : split.held_of(position)) {
        scratch.held.push_back(product.value);
    }
    for (const auto& [product, score] :
         model.list(split.view(position), split.train.num_products(), k, {scratch.held, allowed})) {
        if (!std::isfinite(score)) return false;
        list.emplace_back(product);
    }
    return true;
}

tl::unexpected<Error> not_finite(const TimeSplit& split, const ScoredModel& model,
                                 std::size_t position) {
    std::vector<double> scores(split.train.num_products(), 0.0);
    model.score(split.view(position), scores);
    const auto found = std::find_if(split.candidates.begin(), split.candidates.end(),
                                    [&](ProductIndex p) { return !std::isfinite(scores[p.at()]); });
    return fail(ErrorCode::kInternal,
                "model {} gives customer {} a score that is not finite, for product {}", model.name,
                split.train.customers[split.customers[position].at()].id,
                found == split.candidates.end() ? "?" : split.train.catalogue->product(*found).id);
}

void lower_to(std::atomic<std::size_t>& lowest, std::size_t position) {
    std::size_t seen = lowest.load();
    while (position < seen && !lowest.compare_exchange_weak(seen, position)) {
    }
}

}  // namespace

ScoredModel scored_model(std::string name, const Recommender& recommender) {
    return {std::move(name),
            [&recommender](const CustomerView& customer, std::span<double> scores) {
                recommender.score(customer, scores);
            },
            [&recommender](const CustomerView& customer, std::size_t num_products, std::size_t k,
                           const ItemMask& mask) {
                return recommender.top_products(customer, num_products, k, mask);
            }};
}

ScoredModel random_baseline(std::uint64_t seed) {
    return {std::string(kRandomBaseline),
            [seed](const CustomerView& customer, std::span<double> scores) {
                Random random(customer.profile ? hash64(customer.profile->id, seed) : seed);
                for (double& score : scores) score = random.uniform();
            }};
}

ScoredModel popularity_baseline(const TimeSplit& split) {
    auto counts = std::make_shared<std::vector<double>>();
    for (const std::size_t count :
         count_positive_customers(split.train, split.options.positive_events)) {
        counts->push_back(static_cast<double>(count));
    }
    return {std::string(kPopularityBaseline),
            [counts = std::move(counts)](const CustomerView&, std::span<double> scores) {
                std::copy(counts->begin(), counts->end(), scores.begin());
            }};
}

Result<RecommendedLists> recommend_lists(const TimeSplit& split, const ScoredModel& model,
                                         std::size_t k, ThreadPool& pool) {
    if (k == 0) return fail(ErrorCode::kInvalidArgument, "lists of 0 products say nothing: k >= 1");
    constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
    std::atomic<std::size_t> first_bad{kNone};
    std::vector<std::vector<ProductIndex>> lists(split.num_customers());
    std::vector<Scratch> scratches(
        pool.num_threads(),
        Scratch{std::vector<double>(split.train.num_products()), TopK<double>(k), {}});
    std::vector<std::uint8_t> allowed(split.train.num_products(), 0);
    for (const ProductIndex product : split.candidates) allowed[product.at()] = 1;
    const auto make = [&](std::size_t position, Scratch& scratch) {
        std::vector<ProductIndex>& list = lists[position];
        if (model.list) return pick_listed(split, position, model, k, allowed, scratch, list);
        model.score(split.view(position), scratch.scores);
        return pick(split, position, scratch, list);
    };
    pool.parallel_for(split.num_customers(), kCustomersPerChunk,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          for (std::size_t position = begin; position < end; ++position) {
                              if (!make(position, scratches[thread])) lower_to(first_bad, position);
                          }
                      });
    if (first_bad != kNone) return not_finite(split, model, first_bad);

    RecommendedLists recommended;
    recommended.name = model.name;
    for (const std::vector<ProductIndex>& list : lists) {
        recommended.products.insert(recommended.products.end(), list.begin(), list.end());
        recommended.offsets.push_back(recommended.products.size());
    }
    return recommended;
}

}  // namespace attune
