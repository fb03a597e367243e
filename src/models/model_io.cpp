#include "models/model_io.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "models/feedback_checks.hpp"

namespace attune {

void write_model_header(BinaryWriter& writer, std::string_view name, std::uint32_t version) {
    writer.text(name);
    writer.number(version);
}

Result<std::uint32_t> read_model_header(BinaryReader& reader, std::string_view name,
                                        std::uint32_t newest_version) {
    const std::string found = reader.text();
    const auto version = reader.number<std::uint32_t>();
    if (reader.failed() || found != name || version == 0) {
        return corrupt_model(name, "its header is not one");
    }
    if (version > newest_version) {
        return fail(ErrorCode::kNewerFormat,
                    "model {}: written in format {}, this program reads up to {}; use a newer one",
                    name, version, newest_version);
    }
    return version;
}

void write_products(BinaryWriter& writer, const Catalogue& catalogue) {
    std::vector<std::string> ids;
    ids.reserve(catalogue.num_products());
    for (const Product& product : catalogue.products()) ids.push_back(product.id);
    writer.texts(ids);
}

Result<ProductMapping> read_products(BinaryReader& reader, std::string_view name,
                                     const Catalogue& catalogue) {
    const std::vector<std::string> ids = reader.texts();
    ATTUNE_TRY(reader.status());
    if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) != ids.end()) {
        return corrupt_model(name, "its products are not in order");
    }
    ProductMapping mapping;
    mapping.reserve(ids.size());
    for (const std::string& id : ids) mapping.push_back(catalogue.find(id));
    return mapping;
}

Status check_saved_rank(std::size_t num_factors, const ProductMapping& mapping,
                        std::string_view model) {
    if (num_factors <= (mapping.empty() ? 1 : kMostFactors)) return {};
    return corrupt_model(model, "its factors are not those of its products");
}

tl::unexpected<Error> corrupt_model(std::string_view name, std::string_view what) {
    return fail(ErrorCode::kCorrupt, "model {}: damaged: {}", name, what);
}

void write_strength_options(BinaryWriter& writer, const StrengthOptions& options) {
    writer.number(static_cast<std::uint8_t>(options.strength));
    writer.number(options.half_life_days);
}

Result<StrengthOptions> read_strength_options(BinaryReader& reader, std::string_view model) {
    const auto strength = reader.number<std::uint8_t>();
    StrengthOptions options;
    options.half_life_days = reader.number<double>();
    if (reader.failed() || strength > static_cast<std::uint8_t>(Strength::kLogSum)) {
        return corrupt_model(model, "no such way to weigh events");
    }
    options.strength = static_cast<Strength>(strength);
    if (!validate(options, model)) return corrupt_model(model, "its half-life is out of range");
    return options;
}

}  // namespace attune
