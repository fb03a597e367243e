#include "ingest/toml_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace attune {
namespace {

std::string text_of(const toml::value& value) {
    if (value.is_string()) return value.as_string().str;
    if (value.is_integer()) return fmt::format("{}", value.as_integer());
    if (value.is_floating()) return fmt::format("{}", value.as_floating());
    return value.as_boolean() ? "true" : "false";
}

bool is_scalar(const toml::value& value) {
    return value.is_string() || value.is_integer() || value.is_floating() || value.is_boolean();
}

}  // namespace

Result<toml::value> parse_toml_file(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return fail(ErrorCode::kNotFound, "there is no file {}", file.string());
    }
    if (!std::filesystem::is_regular_file(file, error)) {
        return fail(ErrorCode::kNotAFile, "{} is not a file", file.string());
    }
    try {
        return toml::parse(file);
    } catch (const std::exception& exception) {
        return fail(ErrorCode::kInvalidArgument, "{}: not valid TOML: {}", file.string(),
                    exception.what());
    }
}

TomlReader::TomlReader(const toml::value& table, std::string file, std::string path,
                       std::size_t line)
    : table_(table),
      file_(std::move(file)),
      path_(std::move(path)),
      line_(line > 0 ? line : table.location().line()) {
    if (!table_.is_table()) refuse("", "must be a table");
}

bool TomlReader::has(const std::string& key) const {
    return table_.is_table() && table_.contains(key);
}

const toml::value* TomlReader::find(const std::string& key) {
    known_.insert(key);
    return has(key) && !error_ ? &table_.at(key) : nullptr;
}

std::string TomlReader::name_of(const std::string& key) const {
    if (path_.empty()) return key;
    return key.empty() ? path_ : path_ + "." + key;
}

std::size_t TomlReader::line_of(const std::string& key) const {
    return has(key) ? table_.at(key).location().line() : line_;
}

void TomlReader::refuse(const std::string& key, std::string_view why) {
    if (error_) return;
    error_ = Error{ErrorCode::kInvalidArgument,
                   fmt::format("{}, line {}: '{}' {}", file_, line_of(key), name_of(key), why)};
}

void TomlReader::read(const std::string& key, std::string& target) {
    std::optional<std::string> text;
    read(key, text);
    if (text) target = std::move(*text);
}

void TomlReader::read(const std::string& key, std::optional<std::string>& target) {
    const toml::value* value = find(key);
    if (value == nullptr) return;
    if (!is_scalar(*value)) return refuse(key, "must be text");
    target = text_of(*value);
}

void TomlReader::read(const std::string& key, bool& target) {
    std::optional<bool> flag;
    read(key, flag);
    if (flag) target = *flag;
}

void TomlReader::read(const std::string& key, std::optional<bool>& target) {
    const toml::value* value = find(key);
    if (value == nullptr) return;
    if (!value->is_boolean()) return refuse(key, "must be true or false");
    target = value->as_boolean();
}

void TomlReader::read(const std::string& key, std::optional<double>& target) {
    const toml::value* value = find(key);
    if (value == nullptr) return;
    if (value->is_integer())
        target = static_cast<double>(value->as_integer());
    else if (value->is_floating())
        target = value->as_floating();
    else
        refuse(key, "must be a number");
}

void TomlReader::read(const std::string& key, std::size_t& target) {
    const toml::value* value = find(key);
    if (value == nullptr) return;
    if (!value->is_integer() || value->as_integer() < 0) {
        return refuse(key, "must be a whole number, 0 or above");
    }
    target = static_cast<std::size_t>(value->as_integer());
}

void TomlReader::read(const std::string& key, std::vector<std::string>& target) {
    const toml::value* value = find(key);
    if (value == nullptr) return;
    target.clear();
    if (is_scalar(*value)) {
        target.push_back(text_of(*value));
        return;
    }
    if (!value->is_array()) return refuse(key, "must be a text or a list of texts");
    for (const toml::value& element : value->as_array()) {
        if (!is_scalar(element)) return refuse(key, "must be a text or a list of texts");
        target.push_back(text_of(element));
    }
}

void TomlReader::read(const std::string& key,
                      std::map<std::string, std::string, std::less<>>& target) {
    const toml::value* value = find(key);
    if (value == nullptr) return;
    if (!value->is_table()) return refuse(key, "must be a table such as { yes = \"true\" }");
    for (const auto& [name, element] : value->as_table()) {
        if (!is_scalar(element)) return refuse(key, "must hold texts");
        target[name] = text_of(element);
    }
}

Status TomlReader::finish() const {
    if (error_) return fail(*error_);
    for (const auto& [key, value] : table_.as_table()) {
        if (known_.contains(key)) continue;
        return fail(ErrorCode::kInvalidArgument, "{}, line {}: there is no key '{}'; here are: {}",
                    file_, line_of(key), name_of(key), fmt::join(known_, ", "));
    }
    return {};
}

}  // namespace attune
