#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/packed_items.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include "math/tiles-inl.hpp"
// Keeps the order.
#include <bit>
#include <cstring>

#include "math/best_items.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

inline constexpr std::size_t kTileItems = kTileVectors * kLanes;
static_assert(PackedItems::kPanelItems % kTileItems == 0);

/// Offers those of a vector of scores that reach the threshold.
HWY_INLINE void offer_vector(Vector scores, const std::uint32_t* items, BestItems& best) {
    const Floats d;
    const auto reached = hn::Ge(scores, hn::Set(d, best.threshold()));
    if (hn::AllFalse(d, reached)) return;
    HWY_ALIGN float values[kLanes];
    hn::Store(scores, d, values);
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, reached, bytes);
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes, sizeof(bits));
    for (; bits != 0; bits &= bits - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
        best.offer(items[lane], values[lane]);
    }
}

/// Whether no item of the panel, nor of those after it, can get in. Leaves room for rounding.
HWY_INLINE bool out_of_reach(float customer_norm, float panel_norm, const BestItems& best) {
    constexpr float kRounding = 1.0F + 1e-4F;
    return customer_norm * panel_norm * kRounding < best.threshold();
}

/// Returns how many panels were read.
std::size_t score_customer(const PackedItems::Panels& panels, const float* customer, float norm,
                           BestItems& best) {
    const Floats d;
    constexpr std::size_t kChains = 4;  // independent sums, for additions take a few cycles
    for (std::size_t panel = 0; panel < panels.num_panels; ++panel) {
        if (out_of_reach(norm, panels.norms[panel], best)) return panel;
        const float* const values =
            panels.values + panel * panels.stride * PackedItems::kPanelItems;
        const std::uint32_t* const items = panels.items + panel * PackedItems::kPanelItems;
        for (std::size_t at = 0; at < PackedItems::kPanelItems; at += kTileItems) {
            RawVector sums[kChains][kTileVectors];
            ATTUNE_UNROLL
            for (std::size_t c = 0; c < kChains; ++c) {
                ATTUNE_UNROLL
                for (std::size_t v = 0; v < kTileVectors; ++v) sums[c][v] = hn::Zero(d).raw;
            }
            for (std::size_t k = 0; k < panels.stride; k += kChains) {
                ATTUNE_UNROLL
                for (std::size_t c = 0; c < kChains; ++c) {
                    const Vector factor = hn::Set(d, customer[k + c]);
                    const float* const column = values + (k + c) * PackedItems::kPanelItems + at;
                    ATTUNE_UNROLL
                    for (std::size_t v = 0; v < kTileVectors; ++v) {
                        sums[c][v] =
                            hn::MulAdd(factor, hn::Load(d, column + v * kLanes), wrap(sums[c][v]))
                                .raw;
                    }
                }
            }
            ATTUNE_UNROLL
            for (std::size_t v = 0; v < kTileVectors; ++v) {
                const Vector sum = hn::Add(hn::Add(wrap(sums[0][v]), wrap(sums[1][v])),
                                           hn::Add(wrap(sums[2][v]), wrap(sums[3][v])));
                offer_vector(sum, items + at + v * kLanes, best);
            }
        }
    }
    return panels.num_panels;
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
                  RightFactor{columns, PackedItems::kPanelItems}, sums);
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
void score_customers(const PackedItems::Panels& panels, const float* customers,
                     std::size_t num_customers, const float* norms, BestItems* best) {
    HWY_ALIGN float scores[kTileRows * kTileItems];
    for (std::size_t panel = 0; panel < panels.num_panels; ++panel) {
        const float* const values =
            panels.values + panel * panels.stride * PackedItems::kPanelItems;
        const std::uint32_t* const items = panels.items + panel * PackedItems::kPanelItems;
        bool any = false;
        for (std::size_t row = 0; row < num_customers; row += kTileRows) {
            bool done = true;
            for (std::size_t r = row; r < row + kTileRows; ++r) {
                done = done && out_of_reach(norms[r], panels.norms[panel], best[r]);
            }
            if (done) continue;
            any = true;
            for (std::size_t at = 0; at < PackedItems::kPanelItems; at += kTileItems) {
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
#include <cmath>
#include <numeric>

#include "core/assert.hpp"
#include "math/dense.hpp"

namespace attune {

HWY_EXPORT(score_customer);
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
    ATTUNE_ASSERT(num_items_ < kNoItem);
    std::vector<float> norms(num_items_);
    for (std::size_t i = 0; i < num_items_; ++i) norms[i] = norm_of(items.row(i));
    std::vector<std::uint32_t> order(num_items_);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return norms[a] > norms[b]; });
    const std::size_t num_panels = (num_items_ + kPanelItems - 1) / kPanelItems;
    values_.resize(num_panels * stride_ * kPanelItems);
    items_.assign(num_panels * kPanelItems, kNoItem);
    norms_.resize(num_panels);
    for (std::size_t at = 0; at < num_items_; ++at) {
        const std::size_t panel = at / kPanelItems;
        const auto row = items.row(order[at]);
        float* const column = values_.data() + panel * stride_ * kPanelItems + at % kPanelItems;
        for (std::size_t k = 0; k < num_factors_; ++k) column[k * kPanelItems] = row[k];
        items_[at] = order[at];
        if (at % kPanelItems == 0) norms_[panel] = norms[order[at]];
    }
}

std::vector<Scored<float>> PackedItems::top_k(std::span<const float> customer, std::size_t k,
                                              const ItemMask& mask) const {
    BestItems best;
    best.start(std::min(k, num_items_), mask);
    read_panels(customer, best);
    return best.take();
}

std::size_t PackedItems::num_read(std::span<const float> customer, std::size_t k) const {
    BestItems best;
    best.start(std::min(k, num_items_), {});
    return std::min(num_items_, read_panels(customer, best) * kPanelItems);
}

std::size_t PackedItems::read_panels(std::span<const float> customer, BestItems& best) const {
    ATTUNE_ASSERT(customer.size() == num_factors_);
    AlignedVector<float> filled_up(stride_);
    std::copy(customer.begin(), customer.end(), filled_up.begin());
    return HWY_DYNAMIC_DISPATCH(score_customer)(panels(), filled_up.data(), norm_of(customer),
                                                best);
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
