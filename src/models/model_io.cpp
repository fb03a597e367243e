#include "models/model_io.hpp"

#include "core/hash.hpp"

namespace attune {
namespace {

std::uint64_t fingerprint(const Catalogue& catalogue) {
    std::uint64_t hash = catalogue.num_products();
    for (const Product& product : catalogue.products()) hash = hash64(product.id, hash);
    return hash;
}

}  // namespace

void write_model_header(BinaryWriter& writer, std::string_view name, std::uint32_t version,
                        const Catalogue& catalogue) {
    writer.text(name);
    writer.number(version);
    writer.number(fingerprint(catalogue));
}

Status read_model_header(BinaryReader& reader, std::string_view name, std::uint32_t newest_version,
                         const Catalogue& catalogue) {
    const std::string found = reader.text();
    const auto version = reader.number<std::uint32_t>();
    const auto trained_on = reader.number<std::uint64_t>();
    if (reader.failed() || found != name) return corrupt_model(name, "its header is not one");
    if (version > newest_version) {
        return fail(ErrorCode::kNewerFormat,
                    "model {}: written in format {}, this program reads up to {}; use a newer one",
                    name, version, newest_version);
    }
    if (trained_on != fingerprint(catalogue)) {
        return fail(ErrorCode::kConflict,
                    "model {}: trained on a catalogue with other products; train it again", name);
    }
    return {};
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
