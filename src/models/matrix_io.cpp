#include "models/matrix_io.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "math/dense.hpp"

namespace attune {
namespace {

/// Whether the arrays fit each other, the columns ascend, and the values are finite.
bool is_valid(const CsrMatrix& matrix) {
    if (matrix.offsets.front() != 0 || matrix.offsets.back() != matrix.columns.size() ||
        matrix.values.size() != matrix.columns.size() || !all_finite(matrix.values)) {
        return false;
    }
    if (!std::is_sorted(matrix.offsets.begin(), matrix.offsets.end())) return false;
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        const auto columns = matrix.row_columns(row);
        const bool ascending = std::adjacent_find(columns.begin(), columns.end(),
                                                  std::greater_equal<>()) == columns.end();
        if (!ascending || (!columns.empty() && columns.back() >= matrix.num_columns)) return false;
    }
    return true;
}

}  // namespace

void write_matrix(BinaryWriter& writer, const CsrMatrix& matrix) {
    writer.array(std::vector<std::uint64_t>(matrix.offsets.begin(), matrix.offsets.end()));
    writer.array(matrix.columns);
    writer.array(matrix.values);
}

Result<CsrMatrix> read_matrix(BinaryReader& reader, std::string_view model,
                              std::size_t num_columns) {
    CsrMatrix matrix;
    const auto offsets = reader.array<std::uint64_t>();
    matrix.offsets.assign(offsets.begin(), offsets.end());
    matrix.columns = reader.array<std::uint32_t>();
    matrix.values = reader.array<float>();
    ATTUNE_TRY(reader.status());
    if (matrix.offsets.empty()) return corrupt_model(model, "a matrix without rows");
    matrix.num_rows = matrix.offsets.size() - 1;
    matrix.num_columns = num_columns;
    if (!is_valid(matrix)) return corrupt_model(model, "a matrix is out of range");
    return matrix;
}

CsrMatrix moved(const CsrMatrix& matrix, const ProductMapping& mapping, std::size_t num_products) {
    std::vector<Triplet> triplets;
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            const auto target = mapping[matrix.columns[at]];
            if (!mapping[row] || !target) continue;
            triplets.push_back({mapping[row]->value, target->value, matrix.values[at]});
        }
    }
    return csr_from_triplets(num_products, num_products, std::move(triplets));
}

}  // namespace attune
