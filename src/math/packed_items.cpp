#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/packed_items.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include "math/tiles-inl.hpp"
// Keeps the order.
#include <cstdint>
#include <span>
#include <vector>

#include "math/best_items.hpp"
#include "math/item_panels.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

inline constexpr std::size_t kTileItems = kTileVectors * kLanes;
static_assert(ItemPanels::kItems % kTileItems == 0);

/// Offers those of a vector of scores that reach the threshold.
HWY_INLINE void offer_vector(Vector scores, const std::uint32_t* items, BestItems& best) {
    const Floats d;
    const auto reached = hn::Ge(scores, hn::Set(d, best.threshold()));
    if (hn::AllFalse(d, reached)) return;
    for_each_lane(scores, reached,
                  [&](std::size_t lane, float score) { best.offer(items[lane], score); });
}

/// Scores of kLanes items.
/// @param column  where the first factors of these stand in their panel
HWY_INLINE Vector score_vector(const float* column, const float* customer, std::size_t stride) {
    const Floats d;
    constexpr std::size_t kChains = 4;  // independent sums, for additions take a few cycles
    RawVector sums[kChains];
    ATTUNE_UNROLL
    for (std::size_t c = 0; c < kChains; ++c) sums[c] = hn::Zero(d).raw;
    for (std::size_t k = 0; k < stride; k += kChains) {
        ATTUNE_UNROLL
        for (std::size_t c = 0; c < kChains; ++c) {
            sums[c] = hn::MulAdd(hn::Set(d, customer[k + c]),
                                 hn::Load(d, column + (k + c) * ItemPanels::kItems), wrap(sums[c]))
                          .raw;
        }
    }
    return hn::Add(hn::Add(wrap(sums[0]), wrap(sums[1])), hn::Add(wrap(sums[2]), wrap(sums[3])));
}

/// @param positions  in the panels, ascending; what stands in the same vector is scored with them
void score_positions(const ItemPanels& panels, std::span<const std::uint32_t> positions,
                     const float* customer, BestItems& best) {
    std::size_t end = 0;  // of the last vector
    for (const std::uint32_t position : positions) {
        if (position < end) continue;
        const std::size_t first = position / kLanes * kLanes;
        const float* const column =
            panels.values + first / ItemPanels::kItems * panels.stride * ItemPanels::kItems +
            first % ItemPanels::kItems;
        offer_vector(score_vector(column, customer, panels.stride), panels.items + first, best);
        end = first + kLanes;
    }
}

/// Scores of kTileRows customers and a part of a panel. Kept apart from the choice of the best, for
/// beside its calls the compiler would not hold the sums in registers.
HWY_NOINLINE void score_tile(const float* customers, std::size_t stride, const float* columns,
                             float* scores) {
    const Floats d;
    RawVector sums[kTileRows][kTileVectors];
    ATTUNE_UNROLL
    for (std::size_t r = 0; r < kTileRows; ++r) {
        ATTUNE_UNROLL
        for (std::size_t v = 0; v < kTileVectors; ++v) sums[r][v] = hn::Zero(d).raw;
    }
    multiply_tile(stride, LeftFactor{customers, 1, stride},
                  RightFactor{columns, ItemPanels::kItems}, sums);
    ATTUNE_UNROLL
    for (std::size_t r = 0; r < kTileRows; ++r) {
        ATTUNE_UNROLL
        for (std::size_t v = 0; v < kTileVectors; ++v) {
            hn::Store(wrap(sums[r][v]), d, scores + (r * kTileVectors + v) * kLanes);
        }
    }
}

HWY_INLINE void offer_tile(const float* scores, const std::uint32_t* items, BestItems* best) {
    const Floats d;
    for (std::size_t r = 0; r < kTileRows; ++r) {
        for (std::size_t v = 0; v < kTileVectors; ++v) {
            offer_vector(hn::Load(d, scores + (r * kTileVectors + v) * kLanes), items + v * kLanes,
                         best[r]);
        }
    }
}

/// @param num_customers  a multiple of kTileRows
void score_customers(const ItemPanels& panels, const float* customers, std::size_t num_customers,
                     const float* norms, BestItems* best) {
    HWY_ALIGN float scores[kTileRows * kTileItems];
    for (std::size_t panel = 0; panel < panels.num_panels; ++panel) {
        const float* const values = panels.values + panel * panels.stride * ItemPanels::kItems;
        const std::uint32_t* const items = panels.items + panel * ItemPanels::kItems;
        bool any = false;
        for (std::size_t row = 0; row < num_customers; row += kTileRows) {
            bool done = true;
            for (std::size_t r = row; r < row + kTileRows; ++r) {
                done = done && panels.out_of_reach(panel, norms[r], best[r].threshold());
            }
            if (done) continue;
            any = true;
            for (std::size_t at = 0; at < ItemPanels::kItems; at += kTileItems) {
                score_tile(customers + row * panels.stride, panels.stride, values + at, scores);
                offer_tile(scores, items + at, best + row);
            }
        }
        if (!any) return;
    }
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "math/near_best_items.hpp"
#include "math/packed_items.hpp"

namespace attune {

HWY_EXPORT(score_positions);
HWY_EXPORT(score_customers);

namespace {

/// Customers that one reading of all items serves; their factors stay near.
constexpr std::size_t kCustomersAtOnce = 128;

float norm_of(std::span<const float> row) {
    return static_cast<float>(std::sqrt(dot(row.data(), row.data(), row.size())));
}

}  // namespace

PackedItems::PackedItems(const FactorRows& items)
    : num_items_(items.num_rows()), num_factors_(items.num_factors()), stride_(items.stride()) {
    ATTUNE_ASSERT(num_items_ < ItemPanels::kNoItem);
    std::vector<float> norms(num_items_);
    for (std::size_t i = 0; i < num_items_; ++i) norms[i] = norm_of(items.row(i));
    std::vector<std::uint32_t> order(num_items_);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return norms[a] > norms[b]; });
    const std::size_t num_panels = (num_items_ + ItemPanels::kItems - 1) / ItemPanels::kItems;
    values_.resize(num_panels * stride_ * ItemPanels::kItems);
    items_.assign(num_panels * ItemPanels::kItems, ItemPanels::kNoItem);
    norms_.resize(num_panels);
    for (std::size_t at = 0; at < num_items_; ++at) {
        const std::size_t panel = at / ItemPanels::kItems;
        const auto row = items.row(order[at]);
        float* const column =
            values_.data() + panel * stride_ * ItemPanels::kItems + at % ItemPanels::kItems;
        for (std::size_t k = 0; k < num_factors_; ++k) column[k * ItemPanels::kItems] = row[k];
        items_[at] = order[at];
        if (at % ItemPanels::kItems == 0) norms_[panel] = norms[order[at]];
    }
    coarse_ = CoarseItems(panels());
}

std::vector<Scored<float>> PackedItems::top_k(std::span<const float> customer, std::size_t k,
                                              const ItemMask& mask) const {
    k = std::min(k, num_items_);
    if (k == 0) return {};
    NearBestItems near(k, mask);
    const AlignedVector<float> factors = filled_up(customer);
    coarse_.search(panels(), factors, norm_of(factors), near);
    const std::vector<std::uint32_t> positions = near.take();
    BestItems best;
    best.start(k, mask, near.threshold());
    HWY_DYNAMIC_DISPATCH(score_positions)(panels(), positions, factors.data(), best);
    return best.take();
}

std::size_t PackedItems::num_read(std::span<const float> customer, std::size_t k) const {
    k = std::min(k, num_items_);
    if (k == 0) return 0;
    NearBestItems near(k, {});
    const AlignedVector<float> factors = filled_up(customer);
    const std::size_t num_panels = coarse_.search(panels(), factors, norm_of(factors), near);
    return std::min(num_items_, num_panels * ItemPanels::kItems);
}

AlignedVector<float> PackedItems::filled_up(std::span<const float> customer) const {
    ATTUNE_ASSERT(customer.size() == num_factors_);
    AlignedVector<float> factors(stride_);
    std::copy(customer.begin(), customer.end(), factors.begin());
    return factors;
}

std::vector<std::vector<Scored<float>>> PackedItems::top_k_of_all(
    const FactorRows& customers, std::size_t k, const CsrMatrix* held,
    std::span<const std::uint8_t> allowed, ThreadPool& pool) const {
    ATTUNE_ASSERT(customers.num_factors() == num_factors_);
    std::vector<std::vector<Scored<float>>> lists(customers.num_rows());
    struct Block {
        AlignedVector<float> rows;
        std::vector<float> norms;
        std::vector<BestItems> best;
    };
    std::vector<Block> blocks(pool.num_threads());
    pool.parallel_for(customers.num_rows(), kCustomersAtOnce,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          Block& block = blocks[thread];
                          block.rows.assign(kCustomersAtOnce * stride_, 0.0F);
                          block.norms.assign(kCustomersAtOnce, 0.0F);
                          block.best.resize(kCustomersAtOnce);
                          std::copy_n(customers.data() + begin * stride_, (end - begin) * stride_,
                                      block.rows.begin());
                          for (std::size_t i = 0; i < kCustomersAtOnce; ++i) {
                              const bool is_customer = begin + i < end;
                              ItemMask mask{{}, allowed};
                              if (is_customer && held != nullptr)
                                  mask.held = held->row_columns(begin + i);
                              if (is_customer) block.norms[i] = norm_of(customers.row(begin + i));
                              block.best[i].start(is_customer ? std::min(k, num_items_) : 0, mask);
                          }
                          HWY_DYNAMIC_DISPATCH(score_customers)
                          (panels(), block.rows.data(), kCustomersAtOnce, block.norms.data(),
                           block.best.data());
                          for (std::size_t i = begin; i < end; ++i)
                              lists[i] = block.best[i - begin].take();
                      });
    return lists;
}

}  // namespace attune
#endif  // HWY_ONCE
