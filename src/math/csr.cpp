#include "math/csr.hpp"

#include <algorithm>
#include <tuple>

#include "core/assert.hpp"

namespace attune {

CsrMatrix csr_from_triplets(std::size_t num_rows, std::size_t num_columns,
                            std::vector<Triplet> triplets) {
    std::sort(triplets.begin(), triplets.end(), [](const Triplet& a, const Triplet& b) {
        return std::tie(a.row, a.column) < std::tie(b.row, b.column);
    });
    CsrMatrix matrix;
    matrix.num_rows = num_rows;
    matrix.num_columns = num_columns;
    matrix.offsets.assign(num_rows + 1, 0);
    const Triplet* last = nullptr;
    for (const Triplet& entry : triplets) {
        ATTUNE_ASSERT(entry.row < num_rows && entry.column < num_columns);
        if (last != nullptr && last->row == entry.row && last->column == entry.column) {
            matrix.values.back() += entry.value;
        } else {
            matrix.columns.push_back(entry.column);
            matrix.values.push_back(entry.value);
            ++matrix.offsets[entry.row + 1];
        }
        last = &entry;
    }
    for (std::size_t row = 0; row < num_rows; ++row) matrix.offsets[row + 1] += matrix.offsets[row];
    return matrix;
}

CsrMatrix transpose(const CsrMatrix& matrix) {
    CsrMatrix result;
    result.num_rows = matrix.num_columns;
    result.num_columns = matrix.num_rows;
    result.offsets.assign(matrix.num_columns + 1, 0);
    for (const std::uint32_t column : matrix.columns) ++result.offsets[column + 1];
    for (std::size_t row = 0; row < result.num_rows; ++row) {
        result.offsets[row + 1] += result.offsets[row];
    }
    result.columns.resize(matrix.num_nonzero());
    result.values.resize(matrix.num_nonzero());
    std::vector<std::size_t> next(result.offsets.begin(), result.offsets.end() - 1);
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            const std::size_t target = next[matrix.columns[at]]++;
            result.columns[target] = static_cast<std::uint32_t>(row);
            result.values[target] = matrix.values[at];
        }
    }
    return result;
}

}  // namespace attune
