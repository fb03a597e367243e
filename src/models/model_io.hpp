#pragma once

#include <cstdint>
#include <string_view>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// Every saved model begins with its name, the version of its format and a fingerprint of the
/// catalogue whose indexes it uses.
void write_model_header(BinaryWriter& writer, std::string_view name, std::uint32_t version,
                        const Catalogue& catalogue);

/// @errors kCorrupt: not such a model; kNewerFormat: its version is above `newest_version`;
///         kConflict: it was trained on another catalogue
Status read_model_header(BinaryReader& reader, std::string_view name, std::uint32_t newest_version,
                         const Catalogue& catalogue);

/// The error for bytes that are no model `name`, because of `what`.
tl::unexpected<Error> corrupt_model(std::string_view name, std::string_view what);

void write_strength_options(BinaryWriter& writer, const StrengthOptions& options);
/// @errors kCorrupt: values that no options have
Result<StrengthOptions> read_strength_options(BinaryReader& reader, std::string_view model);

}  // namespace attune
