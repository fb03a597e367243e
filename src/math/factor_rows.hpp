#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "math/aligned.hpp"

namespace attune {

/// A row-major matrix of floats with few columns and many rows: the factors of customers or
/// products. Each row is filled up with zeros to whole cache lines, and kernels work on the rows as
/// filled up: whoever writes a row leaves the zeros as they are.
class FactorRows {
 public:
    static constexpr std::size_t kMultiple = 16;  ///< floats of a cache line

    FactorRows() = default;
    FactorRows(std::size_t num_rows, std::size_t num_factors)
        : num_rows_(num_rows),
          num_factors_(num_factors),
          stride_(filled_up(num_factors)),
          values_(num_rows * stride_) {}

    static std::size_t filled_up(std::size_t count) {
        return (count + kMultiple - 1) / kMultiple * kMultiple;
    }

    [[nodiscard]] std::size_t num_rows() const { return num_rows_; }
    [[nodiscard]] std::size_t num_factors() const { return num_factors_; }
    /// Floats from one row to the next.
    [[nodiscard]] std::size_t stride() const { return stride_; }

    [[nodiscard]] float* data() { return values_.data(); }
    [[nodiscard]] const float* data() const { return values_.data(); }
    /// The row without the zeros that fill it up.
    [[nodiscard]] std::span<float> row(std::size_t index) {
        return {values_.data() + index * stride_, num_factors_};
    }
    [[nodiscard]] std::span<const float> row(std::size_t index) const {
        return {values_.data() + index * stride_, num_factors_};
    }

    friend bool operator==(const FactorRows&, const FactorRows&) = default;

 private:
    std::size_t num_rows_ = 0;
    std::size_t num_factors_ = 0;
    std::size_t stride_ = 0;
    AlignedVector<float> values_;
};

}  // namespace attune
