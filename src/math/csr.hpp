#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace attune {

/// One entry of a sparse matrix while it is put together.
struct Triplet {
    std::uint32_t row = 0;
    std::uint32_t column = 0;
    float value = 0;
};

/// A sparse matrix by rows, columns ascending within a row.
struct CsrMatrix {
    std::size_t num_rows = 0;
    std::size_t num_columns = 0;
    std::vector<std::size_t> offsets{0};  ///< num_rows + 1
    std::vector<std::uint32_t> columns;   ///< num_nonzero
    std::vector<float> values;            ///< num_nonzero

    [[nodiscard]] std::size_t num_nonzero() const { return columns.size(); }
    [[nodiscard]] std::span<const std::uint32_t> row_columns(std::size_t row) const {
        return std::span(columns).subspan(offsets[row], offsets[row + 1] - offsets[row]);
    }
    [[nodiscard]] std::span<const float> row_values(std::size_t row) const {
        return std::span(values).subspan(offsets[row], offsets[row + 1] - offsets[row]);
    }

    friend bool operator==(const CsrMatrix&, const CsrMatrix&) = default;
};

/// Sorts the triplets into a matrix and adds up those of one place. @cost O(nnz log nnz)
CsrMatrix csr_from_triplets(std::size_t num_rows, std::size_t num_columns,
                            std::vector<Triplet> triplets);

/// @cost O(nnz + rows + columns)
CsrMatrix transpose(const CsrMatrix& matrix);

}  // namespace attune
