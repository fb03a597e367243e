#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/factor_rows.hpp"
#include "math/packed_items.hpp"

namespace attune {

struct ItemSearchOptions {
    std::size_t exact_up_to = 100'000;  ///< items; larger catalogues get the approximate index
    std::size_t links = 16;             ///< M: neighbours that each item keeps in a layer
    std::size_t build_effort = 200;     ///< efConstruction
    std::size_t effort = 400;           ///< ef: items that a search keeps in view, at least 2 k
    std::uint64_t seed = 1;
};

/// Finds the items with the highest inner products: all of them are looked at up to a number of
/// items, above it a graph (HNSW) is searched.
///
/// Inner products become cosines by one more factor, sqrt(M^2 - |y|^2) with M the largest norm, so
/// that near in the graph means high in score. Scores returned are exact either way.
///
/// @threads  const members may be called from many threads at once
/// @cost     exact: see PackedItems. Approximate: O(log(items) effort factors) a search,
///           O(items log(items) build_effort factors) to build, in parallel
/// @source   Malkov, Yashunin, TPAMI 2018 (hnswlib); Bachrach et al., RecSys 2014, for the
///           reduction
class ItemSearch {
 public:
    /// @param items  one row per item, all finite
    /// @errors kInvalidArgument: options out of range; kCancelled
    static Result<ItemSearch> create(const FactorRows& items, const ItemSearchOptions& options,
                                     ThreadPool& pool, Progress& progress);
    ItemSearch(ItemSearch&&) noexcept;
    ItemSearch& operator=(ItemSearch&&) noexcept;
    ~ItemSearch();

    [[nodiscard]] bool is_exact() const { return graph_ == nullptr; }

    /// The best k items for one customer, best first. Items that the mask leaves out cost the
    /// approximate search more effort, up to looking at all.
    [[nodiscard]] std::vector<Scored<float>> top_k(std::span<const float> customer, std::size_t k,
                                                   const ItemMask& mask = {}) const;

    /// The share of the exact best k that the search finds, averaged over the customers; 1 for an
    /// exact search.
    [[nodiscard]] double recall(const FactorRows& customers, std::size_t k, ThreadPool& pool) const;

 private:
    struct Graph;
    ItemSearch();

    PackedItems packed_;
    std::unique_ptr<Graph> graph_;
};

/// @errors kInvalidArgument: names the option, what it is and what it may be
Status validate(const ItemSearchOptions& options);

}  // namespace attune
