#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/aligned.hpp"
#include "math/item_panels.hpp"

namespace attune {

class NearBestItems;

/// The factors of items in 8 bits each, with how far off they are at most: a search over them reads
/// a quarter of the bytes and leaves out only what cannot be among the best.
///
/// An item v is kept as s q, q whole numbers from -127 to 127, and |v - s q| is known; a customer u
/// is taken as t p, p of 16 bits. Then |u v - t s p q| <= |u| |v - s q| + |u - t p| |s q|, to which
/// comes what floats round off.
///
/// @threads  every const member may be called from many threads at once
class CoarseItems {
 public:
    CoarseItems() = default;
    /// @cost  O(items factors); memory: a byte a factor
    explicit CoarseItems(const ItemPanels& panels);

    /// Offers the items that may be among the best.
    /// @param panels    those of the constructor
    /// @param customer  panels.stride numbers
    /// @param norm      the customer's
    /// @return how many panels were read before no other could be among the best
    /// @cost   O(items factors) at most; among items that the bounds do not tell apart all are
    ///         offered: memory O(items)
    std::size_t search(const ItemPanels& panels, std::span<const float> customer, float norm,
                       NearBestItems& best) const;

    /// What the kernels read.
    struct Panels {
        const std::int8_t* values;  ///< num_panels x stride / 2 x kItems x 2
        const float* scales;        ///< num_panels x kItems
        const float* errors;        ///< the largest |v - s q| of each panel
    };

 private:
    AlignedVector<std::int8_t> values_;
    AlignedVector<float> scales_;
    std::vector<float> errors_;
};

}  // namespace attune
