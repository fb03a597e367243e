#include "core/config.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <span>
#include <toml.hpp>

#include "core/assert.hpp"
#include "core/nearest_name.hpp"

namespace attune {
namespace {

const Setting* find_setting(std::span<const Setting> schema, std::string_view key) {
    const auto found = std::find_if(schema.begin(), schema.end(),
                                    [&](const Setting& setting) { return setting.key == key; });
    return found == schema.end() ? nullptr : &*found;
}

std::string environment_name(std::string_view key) {
    std::string name = "ATTUNE_";
    for (const char c : key) {
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

std::string type_name(const SettingValue& value) {
    switch (value.index()) {
        case 0:
            return "true or false";
        case 1:
            return "a whole number";
        case 2:
            return "a number";
        default:
            return "text";
    }
}

std::string toml_value(const SettingValue& value) {
    if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
    if (const auto* number = std::get_if<double>(&value)) {
        std::string text = fmt::format("{}", *number);
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }
    // No width: a list of names that is broken within a name is none to read.
    return toml::format(toml::value(std::get<std::string>(value)),
                        std::numeric_limits<std::size_t>::max());
}

template <typename T>
std::optional<T> parse_number(const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Result<Config> Config::load(std::vector<Setting> schema, const std::filesystem::path& file,
                            const Environment& environment,
                            const std::vector<std::string>& overrides) {
    Config config;
    config.schema_ = std::move(schema);
    for (const Setting& setting : config.schema_) {
        config.values_[setting.key] = {setting.default_value, false};
    }
    if (!file.empty()) ATTUNE_TRY(config.read_file(file));
    for (const Setting& setting : config.schema_) {
        const std::string name = environment_name(setting.key);
        if (const auto text = environment(name)) {
            ATTUNE_TRY(config.assign_text(setting.key, *text, "environment variable " + name));
        }
    }
    for (const std::string& entry : overrides) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos) {
            return fail(ErrorCode::kInvalidArgument, "--set {}: write it as section.name=value",
                        entry);
        }
        ATTUNE_TRY(config.assign_text(entry.substr(0, equals), entry.substr(equals + 1),
                                      "--set " + entry));
    }
    return config;
}

Result<Config> Config::with(const std::map<std::string, std::string, std::less<>>& values) const {
    Config changed = *this;
    for (const auto& [key, text] : values) {
        ATTUNE_TRY(changed.assign_text(key, text, "setting " + key));
    }
    return changed;
}

Status Config::read_file(const std::filesystem::path& file) {
    if (!std::filesystem::is_regular_file(file)) {
        return fail(ErrorCode::kNotFound, "{}: no such configuration file", file.string());
    }
    toml::value document;
    try {
        document = toml::parse(file.string());
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInvalidArgument, "{}: not valid TOML: {}", file.string(),
                    error.what());
    }
    for (const auto& [section, content] : document.as_table()) {
        if (!content.is_table()) {
            return fail(ErrorCode::kInvalidArgument,
                        "{}: key '{}' stands outside a section; every key has one, as in [{}]",
                        file.string(), section, schema_.empty() ? "section" : "import");
        }
        for (const auto& [name, value] : content.as_table()) {
            const std::string key = section + "." + name;
            const std::string source =
                fmt::format("{}, line {}", file.string(), value.location().line());
            SettingValue read;
            if (value.is_boolean())
                read = value.as_boolean();
            else if (value.is_integer())
                read = static_cast<std::int64_t>(value.as_integer());
            else if (value.is_floating())
                read = static_cast<double>(value.as_floating());
            else if (value.is_string())
                read = value.as_string().str;
            else {
                return fail(ErrorCode::kInvalidArgument, "{}: '{}' has a type no key takes", source,
                            key);
            }
            ATTUNE_TRY(assign(key, std::move(read), source));
        }
    }
    return {};
}

Status Config::assign(const std::string& key, SettingValue value, const std::string& source) {
    const Setting* setting = find_setting(schema_, key);
    if (setting == nullptr) {
        std::vector<std::string> keys;
        for (const Setting& known : schema_) keys.push_back(known.key);
        const auto meant = nearest_name(key, keys);
        return fail(ErrorCode::kInvalidArgument, "{}: there is no key '{}'; {}", source, key,
                    meant ? fmt::format("did you mean {}?", *meant)
                          : std::string("`attune config` lists them all"));
    }
    if (setting->default_value.index() == 2 && value.index() == 1) {
        value = static_cast<double>(std::get<std::int64_t>(value));
    }
    if (setting->default_value.index() != value.index()) {
        return fail(ErrorCode::kInvalidArgument, "{}: '{}' takes {}", source, key,
                    type_name(setting->default_value));
    }
    double number = 0;
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        number = static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) number = *real;
    const bool bounded =
        setting->minimum < setting->maximum && (value.index() == 1 || value.index() == 2);
    if (bounded && !(number >= setting->minimum && number <= setting->maximum)) {
        return fail(ErrorCode::kInvalidArgument, "{}: '{}' is {}, it must lie between {} and {}",
                    source, key, number, setting->minimum, setting->maximum);
    }
    values_[key] = {std::move(value), true};
    return {};
}

Status Config::assign_text(const std::string& key, const std::string& text,
                           const std::string& source) {
    const Setting* setting = find_setting(schema_, key);
    if (setting == nullptr) return assign(key, text, source);
    SettingValue value = text;
    switch (setting->default_value.index()) {
        case 0:
            if (text == "true" || text == "1") value = true;
            if (text == "false" || text == "0") value = false;
            break;
        case 1:
            if (const auto integer = parse_number<std::int64_t>(text)) value = *integer;
            break;
        case 2:
            if (const auto number = parse_number<double>(text)) value = *number;
            break;
        default:
            break;
    }
    return assign(key, std::move(value), source);
}

const Config::Value& Config::value_of(std::string_view key) const {
    const auto found = values_.find(key);
    ATTUNE_ASSERT(found != values_.end());
    return found->second;
}

bool Config::boolean(std::string_view key) const {
    return std::get<bool>(value_of(key).value);
}

std::int64_t Config::integer(std::string_view key) const {
    return std::get<std::int64_t>(value_of(key).value);
}

double Config::number(std::string_view key) const {
    return std::get<double>(value_of(key).value);
}

const std::string& Config::text(std::string_view key) const {
    return std::get<std::string>(value_of(key).value);
}

bool Config::is_set(std::string_view key) const {
    return value_of(key).set;
}

std::string Config::to_toml() const {
    std::string text =
        "# Every key of Attune's configuration with its value. Each can also be set in the\n"
        "# environment (import.max_columns: ATTUNE_IMPORT_MAX_COLUMNS) and on the command line\n"
        "# (--set import.max_columns=300); the command line wins, then the environment.\n";
    std::string section;
    for (const Setting& setting : schema_) {
        const std::size_t dot = setting.key.find('.');
        if (setting.key.substr(0, dot) != section) {
            section = setting.key.substr(0, dot);
            text += fmt::format("\n[{}]\n", section);
        }
        text += fmt::format("# {}", setting.help);
        if (setting.minimum < setting.maximum) {
            text += fmt::format(" From {} to {}.", setting.minimum, setting.maximum);
        }
        const SettingValue& value = value_of(setting.key).value;
        if (value != setting.default_value) {
            text += fmt::format(" Default: {}", toml_value(setting.default_value));
        }
        text += fmt::format("\n{} = {}\n", setting.key.substr(dot + 1), toml_value(value));
    }
    return text;
}

}  // namespace attune
