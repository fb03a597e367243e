#include "serving/guess_mapping.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "ingest/mapping.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

/// The columns of a table, the keys of the first object of JSON Lines.
Result<Names> column_names(const fs::path& file, const ReaderLimits& limits) {
    ReaderOptions options;
    options.limits = limits;
    ATTUNE_ASSIGN(const auto reader, open_rows(file, options));
    Names names(reader->columns().begin(), reader->columns().end());
    if (!names.empty()) return names;
    Row row;
    ATTUNE_ASSIGN(const bool any, reader->next(row));
    if (any && row.document != nullptr) {
        for (const auto& [key, value] : row.document->items()) names.insert(key);
    }
    return names;
}

std::vector<fs::path> mapping_files(std::span<const fs::path> folders) {
    std::vector<fs::path> files;
    for (const fs::path& folder : folders) {
        std::error_code ignored;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
            if (entry.path().extension() == ".toml") files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// How many of the native fields the file has; 0: it lacks one that must be there.
std::size_t num_native_fields(RecordKind kind, const Names& names) {
    std::size_t count = 0;
    for (const FieldInfo& field : fields_of(owner_of(kind))) {
        const bool has = names.contains(field.name);
        if (field.required && !has) return 0;
        count += has ? 1 : 0;
    }
    return count;
}

}  // namespace

Result<std::string> guess_mapping(const fs::path& file, std::span<const fs::path> folders,
                                  const ReaderLimits& limits) {
    ATTUNE_ASSIGN(const Names names, column_names(file, limits));
    std::string best;
    std::size_t most = 0;
    std::vector<std::string> known;
    for (const fs::path& candidate : mapping_files(folders)) {
        ATTUNE_ASSIGN(const Mapping mapping, load_mapping(candidate));
        known.push_back(candidate.stem().string());
        const bool fits = std::all_of(mapping.columns.begin(), mapping.columns.end(),
                                      [&](const auto& column) { return names.contains(column); });
        if (fits && mapping.columns.size() > most) {
            most = mapping.columns.size();
            best = candidate.stem().string();
        }
    }
    if (!best.empty()) return best;
    for (const RecordKind kind : kRecordKinds) {
        const std::string name = fmt::format("native-{}", record_kind_name(kind));
        known.push_back(name);
        const std::size_t count = num_native_fields(kind, names);
        if (count > most) {
            most = count;
            best = name;
        }
    }
    if (!best.empty()) return best;
    return fail(ErrorCode::kInvalidArgument, "{}: no mapping knows its columns; name one of {}",
                file.filename().string(), fmt::join(known, ", "));
}

}  // namespace attune
