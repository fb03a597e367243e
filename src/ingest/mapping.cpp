#include "ingest/mapping.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace attune {
namespace {

constexpr std::string_view kNativePrefix = "native-";

std::vector<std::string> available_mappings(std::span<const std::filesystem::path> folders) {
    std::vector<std::string> names;
    for (const std::filesystem::path& folder : folders) {
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
        }
    }
    for (const RecordKind kind : kRecordKinds) {
        names.push_back(fmt::format("{}{}", kNativePrefix, record_kind_name(kind)));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

Mapping native_mapping(RecordKind kind) {
    Mapping mapping;
    mapping.name = fmt::format("{}{}", kNativePrefix, record_kind_name(kind));
    mapping.title = fmt::format("Attune's own form of a {}", record_kind_name(kind));
    mapping.native = kind;
    return mapping;
}

Result<Mapping> find_mapping(std::string_view name,
                             std::span<const std::filesystem::path> folders) {
    if (name.ends_with(".toml")) return load_mapping(std::filesystem::path(name));
    if (name.starts_with(kNativePrefix)) {
        if (const auto kind = parse_record_kind(name.substr(kNativePrefix.size()))) {
            return native_mapping(*kind);
        }
    }
    // A name with a separator must not reach outside the folders.
    if (name.find('/') == std::string_view::npos) {
        for (const std::filesystem::path& folder : folders) {
            const std::filesystem::path file = folder / fmt::format("{}.toml", name);
            std::error_code error;
            if (std::filesystem::exists(file, error)) return load_mapping(file);
        }
    }
    return fail(ErrorCode::kNotFound,
                "there is no mapping '{}'; give the path of a .toml file or one of: {}",
                name.substr(0, 200), fmt::join(available_mappings(folders), ", "));
}

}  // namespace attune
