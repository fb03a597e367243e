#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/factor_rows.hpp"
#include "math/packed_items.hpp"

namespace attune {

struct ItemSearchOptions {
    /// Items that looking at all may read on average; where it would be more, a graph is searched.
    std::size_t exact_up_to = 100'000;
    std::size_t links = 16;          ///< M: neighbours that each item keeps in a layer
    std::size_t build_effort = 200;  ///< efConstruction
    std::size_t effort = 400;        ///< ef: items that a search keeps in view, at least 2 k
    std::uint64_t seed = 1;
};

/// Finds the items with the highest inner products: all of them are looked at, or a graph (HNSW) is
/// searched where that would read too many.
///
/// Where norms differ, as those of fitted factors do, looking at all ends long before the last item
/// and is faster than any graph (see docs/performance.md), so that more items than `exact_up_to`
/// alone do not make one. How many would be read is told by the items themselves, in place of
/// customers.
///
/// The graph is built of inner products as they are. Making them cosines by one more factor, exact
/// as it is, crowds all items together where norms differ, and the search then finds fewer of the
/// best.
///
/// @threads  const members may be called from many threads at once
/// @cost     exact: see PackedItems. Approximate: O(log(items) effort factors) a search,
///           O(items log(items) build_effort factors) to build, on one thread: hnswlib 0.6 inserts
///           from several without guarding its random numbers and its entry point, and one thread
///           makes the graph the same every time
/// @source   Malkov, Yashunin, TPAMI 2018 (hnswlib); Morozov, Babenko, NeurIPS 2018, for inner
///           products
class ItemSearch {
 public:
    /// @param items  one row per item, all finite
    /// @errors kInvalidArgument: options out of range; kCancelled; kUnavailable: too little memory
    ///         for the graph
    static Result<ItemSearch> create(const FactorRows& items, const ItemSearchOptions& options,
                                     Progress& progress);
    ItemSearch(ItemSearch&&) noexcept;
    ItemSearch& operator=(ItemSearch&&) noexcept;
    ~ItemSearch();

    [[nodiscard]] bool is_exact() const { return graph_ == nullptr; }

    /// The best k items for one customer, best first. Items that the mask leaves out cost the
    /// approximate search more effort, up to looking at all.
    [[nodiscard]] std::vector<Scored<float>> top_k(std::span<const float> customer, std::size_t k,
                                                   const ItemMask& mask = {}) const;

    /// The share of the exact best k that the search finds, averaged over up to 1,000 customers
    /// spread over those that have factors other than zeros, to whom all items are the same; none
    /// if there are none.
    [[nodiscard]] std::optional<double> recall(const FactorRows& customers, std::size_t k,
                                               ThreadPool& pool) const;

 private:
    struct Graph;
    ItemSearch();

    PackedItems packed_;
    std::unique_ptr<Graph> graph_;
};

/// An ItemSearch that is built when it is first asked for: most models are never searched.
///
/// @threads  const members may be called from many threads at once: one builds, the others wait
class LazyItemSearch {
 public:
    using MakeItems = std::function<FactorRows()>;

    /// @param make_items  called at most once for each attempt to build, from any thread
    /// @pre   the options are valid
    LazyItemSearch(MakeItems make_items, const ItemSearchOptions& options)
        : make_items_(std::move(make_items)), options_(options) {}

    /// @return lives as long as this
    /// @errors those of ItemSearch::create; the next call tries again
    /// @cost   that of ItemSearch::create the first time
    Result<const ItemSearch*> get(Progress& progress) const;

 private:
    MakeItems make_items_;
    ItemSearchOptions options_;
    mutable std::mutex mutex_;  ///< of what follows
    mutable std::unique_ptr<const ItemSearch> search_;
    mutable std::atomic<const ItemSearch*> ready_{nullptr};
};

/// @errors kInvalidArgument: names the option, what it is and what it may be
Status validate(const ItemSearchOptions& options);

}  // namespace attune
