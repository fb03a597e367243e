#include "ingest/pack.hpp"

#include "ingest/toml_reader.hpp"

namespace attune {
namespace {

bool is_inside(const std::filesystem::path& relative) {
    const std::filesystem::path normal = relative.lexically_normal();
    return !normal.empty() && normal.is_relative() && *normal.begin() != "..";
}

PackImport read_import(TomlReader& reader, const std::filesystem::path& folder) {
    PackImport import;
    std::string file;
    reader.read("file", file);
    if (!is_inside(file)) reader.refuse("file", "must name a file inside the pack");
    import.file = folder / file;
    reader.read("mapping", import.mapping);
    if (import.mapping.empty()) reader.refuse("mapping", "is needed");
    if (import.mapping.find('/') != std::string::npos) {
        if (is_inside(import.mapping))
            import.mapping = (folder / import.mapping).string();
        else
            reader.refuse("mapping", "must name a mapping, or a file inside the pack");
    }
    reader.read("sheet", import.sheet);
    return import;
}

}  // namespace

Result<Pack> load_pack(const std::filesystem::path& path) {
    const bool is_folder = std::filesystem::is_directory(path);
    const std::filesystem::path manifest = is_folder ? path / "pack.toml" : path;
    ATTUNE_ASSIGN(const toml::value root, parse_toml_file(manifest));
    TomlReader reader(root, manifest.string());
    Pack pack;
    reader.read("name", pack.name);
    reader.read("title", pack.title);
    reader.read("notice", pack.notice);
    reader.read("licence", pack.licence);
    if (pack.name.empty()) reader.refuse("name", "is needed");
    reader.tables("import", [&](TomlReader& inner) {
        pack.imports.push_back(read_import(inner, manifest.parent_path()));
    });
    if (pack.imports.empty()) reader.refuse("import", "is needed: [[import]] for each file");
    ATTUNE_TRY(reader.finish());
    for (const PackImport& import : pack.imports) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(import.file, error)) {
            return fail(ErrorCode::kNotFound, "{} names {}, which is not there", manifest.string(),
                        import.file.string());
        }
    }
    return pack;
}

}  // namespace attune
