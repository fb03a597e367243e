#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.hpp"

namespace attune {

using SettingValue = std::variant<bool, std::int64_t, double, std::string>;

/// One key of the configuration: its type is its default's, and its name ends in its unit.
struct Setting {
    std::string key;  ///< "section.name"
    SettingValue default_value;
    std::string help;    ///< one sentence; printed by to_toml
    double minimum = 0;  ///< for numbers, inclusive
    double maximum = 0;  ///< inclusive; equal to `minimum` means any number
};

/// Values for every key of a schema. Later sources win: defaults, the TOML file, the environment
/// (`ATTUNE_SECTION_NAME`), overrides (`section.name=value`).
class Config {
 public:
    using Environment = std::function<std::optional<std::string>(const std::string& name)>;

    /// @param file  no file when empty
    /// @errors kNotFound: no such file; kInvalidArgument: TOML syntax with its line, a key that the
    ///         schema lacks, a value of the wrong type or out of range, with where it was set
    static Result<Config> load(std::vector<Setting> schema, const std::filesystem::path& file,
                               const Environment& environment,
                               const std::vector<std::string>& overrides);

    /// The same with other values, each as text. @errors kInvalidArgument: as `load`
    [[nodiscard]] Result<Config> with(
        const std::map<std::string, std::string, std::less<>>& values) const;

    /// The accessors take keys of the schema; anything else is a programmer's error.
    [[nodiscard]] bool boolean(std::string_view key) const;
    [[nodiscard]] std::int64_t integer(std::string_view key) const;
    [[nodiscard]] double number(std::string_view key) const;
    [[nodiscard]] const std::string& text(std::string_view key) const;

    /// True when a source other than the defaults set it.
    [[nodiscard]] bool is_set(std::string_view key) const;

    /// A TOML file with every key and its value, its help as a comment; where the value is not the
    /// default, the comment says the default too. Reads back as the same configuration.
    [[nodiscard]] std::string to_toml() const;
    [[nodiscard]] const std::vector<Setting>& schema() const { return schema_; }
    /// @pre a key of the schema
    [[nodiscard]] const SettingValue& value(std::string_view key) const {
        return value_of(key).value;
    }

 private:
    struct Value {
        SettingValue value;
        bool set = false;
    };

    const Value& value_of(std::string_view key) const;
    Status assign(const std::string& key, SettingValue value, const std::string& source);
    Status assign_text(const std::string& key, const std::string& text, const std::string& source);
    Status read_file(const std::filesystem::path& file);

    std::vector<Setting> schema_;
    std::map<std::string, Value, std::less<>> values_;
};

}  // namespace attune
