#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <toml.hpp>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// @errors kNotFound, kNotAFile; kInvalidArgument: not TOML, with the line
Result<toml::value> parse_toml_file(const std::filesystem::path& file);

/// Takes keys out of one TOML table. It remembers the first error, and which keys were asked for,
/// so that others are refused. Every message names file, line and key.
class TomlReader {
 public:
    /// @param line  where the table stands; 0: as the table knows it
    /// @lifetime    borrows `table`
    TomlReader(const toml::value& table, std::string file, std::string path = "",
               std::size_t line = 0);

    [[nodiscard]] bool has(const std::string& key) const;
    void read(const std::string& key, std::string& target);
    void read(const std::string& key, std::optional<std::string>& target);
    void read(const std::string& key, bool& target);
    void read(const std::string& key, std::optional<bool>& target);
    void read(const std::string& key, std::optional<double>& target);
    void read(const std::string& key, std::size_t& target);
    /// A text, or a list of texts. Numbers are taken as their text.
    void read(const std::string& key, std::vector<std::string>& target);
    void read(const std::string& key, std::map<std::string, std::string, std::less<>>& target);

    /// Calls `read_table(reader)` for the table at `key`, or for each table of the array there.
    template <typename ReadTable>
    void tables(const std::string& key, ReadTable read_table) {
        const toml::value* value = find(key);
        if (value == nullptr) return;
        if (value->is_table()) return nested(*value, name_of(key), read_table);
        if (!value->is_array()) return refuse(key, "must be a table");
        std::size_t position = 0;
        for (const toml::value& element : value->as_array()) {
            nested(element, name_of(key) + "[" + std::to_string(position++) + "]", read_table);
        }
    }

    /// Calls `read_entry(name, reader)` for each table within the table at `key`; a plain text
    /// stands for { column = "<text>" }.
    template <typename ReadEntry>
    void entries(const std::string& key, ReadEntry read_entry) {
        const toml::value* value = find(key);
        if (value == nullptr) return;
        if (!value->is_table()) return refuse(key, "must be a table");
        for (const auto& [name, entry] : value->as_table()) {
            const auto named = [&, &name = name](TomlReader& reader) { read_entry(name, reader); };
            if (entry.is_string()) {
                toml::value column(toml::table{{"column", entry}});
                nested(column, name_of(key) + "." + name, named, entry.location().line());
            } else {
                nested(entry, name_of(key) + "." + name, named);
            }
        }
    }

    void refuse(const std::string& key, std::string_view why);
    template <typename T>
    std::optional<T> take(const std::string& key, Result<T> result) {
        if (result) return std::move(*result);
        refuse(key, result.error().message);
        return std::nullopt;
    }

    [[nodiscard]] bool failed() const { return error_.has_value(); }
    /// The first error, or the first key that nobody asked for.
    [[nodiscard]] Status finish() const;

 private:
    const toml::value* find(const std::string& key);
    [[nodiscard]] std::string name_of(const std::string& key) const;
    [[nodiscard]] std::size_t line_of(const std::string& key) const;

    template <typename ReadTable>
    void nested(const toml::value& table, std::string path, ReadTable read_table,
                std::size_t line = 0) {
        if (error_) return;
        TomlReader reader(table, file_, std::move(path), line);
        read_table(reader);
        const Status status = reader.finish();
        if (!status && !error_) error_ = status.error();
    }

    const toml::value& table_;
    std::string file_;
    std::string path_;
    std::size_t line_ = 0;
    std::set<std::string> known_;
    std::optional<Error> error_;
};

}  // namespace attune
