#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/index.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// Every saved model begins with its name and the version of its format.
void write_model_header(BinaryWriter& writer, std::string_view name, std::uint32_t version);

/// The version that the model was written in, 1 to `newest_version`.
/// @errors kCorrupt: not such a model; kNewerFormat: its version is above `newest_version`
Result<std::uint32_t> read_model_header(BinaryReader& reader, std::string_view name,
                                        std::uint32_t newest_version);

/// Where the products that a model was trained on stand in another catalogue; none: it lacks them.
/// Ascending but for the gaps, as catalogues are in order of ids.
using ProductMapping = std::vector<std::optional<ProductIndex>>;

void write_products(BinaryWriter& writer, const Catalogue& catalogue);
/// @errors kCorrupt: ids that no catalogue has
Result<ProductMapping> read_products(BinaryReader& reader, std::string_view name,
                                     const Catalogue& catalogue);

/// What a small file may not ask for: factors of the whole catalogue that it does not hold.
/// @errors kCorrupt: more than kMostFactors factors, or more than 1 for no product at all
Status check_saved_rank(std::size_t num_factors, const ProductMapping& mapping,
                        std::string_view model);

/// The error for bytes that are no model `name`, because of `what`.
tl::unexpected<Error> corrupt_model(std::string_view name, std::string_view what);

void write_strength_options(BinaryWriter& writer, const StrengthOptions& options);
/// @errors kCorrupt: values that no options have
Result<StrengthOptions> read_strength_options(BinaryReader& reader, std::string_view model);

}  // namespace attune
