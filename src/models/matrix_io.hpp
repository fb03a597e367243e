#pragma once

#include <cstddef>
#include <string_view>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "math/csr.hpp"
#include "models/model_io.hpp"

namespace attune {

// Sparse matrices in saved models.

void write_matrix(BinaryWriter& writer, const CsrMatrix& matrix);

/// A matrix with ascending columns below `num_columns` and finite values.
/// @errors kCorrupt
Result<CsrMatrix> read_matrix(BinaryReader& reader, std::string_view model,
                              std::size_t num_columns);

/// What a products x products matrix has of the products that the mapping's catalogue has.
/// @pre rows and columns are those of the mapping
CsrMatrix moved(const CsrMatrix& matrix, const ProductMapping& mapping, std::size_t num_products);

}  // namespace attune
