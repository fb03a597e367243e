#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "explain/templates.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostFileBytes = 64 * 1024;

/// "en" or "de-AT": nothing that could lead out of the folder.
bool is_language(std::string_view text) {
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const bool short_form = text.size() == 2 && small(text[0]) && small(text[1]);
    const bool long_form = text.size() == 5 && small(text[0]) && small(text[1]) && text[2] == '-' &&
                           capital(text[3]) && capital(text[4]);
    return short_form || long_form;
}

std::vector<std::string> languages_in(const fs::path& folder) {
    std::vector<std::string> languages;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory(error) && is_language(name)) languages.push_back(name);
    }
    std::sort(languages.begin(), languages.end());
    return languages;
}

Result<std::string> read_text(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        return fail(ErrorCode::kNotAFile, "{}: is not a file", file.string());
    }
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error && size > kMostFileBytes) {
        return fail(ErrorCode::kLimitExceeded, "{}: {} bytes are more than a template's {}",
                    file.string(), size, kMostFileBytes);
    }
    std::ifstream stream(file, std::ios::binary);
    std::string text(static_cast<std::size_t>(error ? 0 : size), '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (error || !stream) {
        return fail(ErrorCode::kUnavailable, "{}: cannot be read", file.string());
    }
    return text;
}

}  // namespace

Result<ReasonTemplates> load_reason_templates(const fs::path& folder, std::string_view language) {
    if (!is_language(language)) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not a language of the templates; write a code such as en or de-AT",
                    language.substr(0, 64));
    }
    const fs::path home = folder / language;
    std::error_code error;
    if (!fs::is_directory(home, error)) {
        return fail(ErrorCode::kNotFound,
                    "there is no folder {} with reason templates; languages there: {}",
                    home.string(), fmt::join(languages_in(folder), ", "));
    }
    ReasonTemplates::Files files;
    for (const auto& entry : fs::directory_iterator(home, error)) {
        const std::string name = entry.path().filename().string();
        const bool wanted = name.ends_with(".mustache") || name == "names.txt";
        if (!wanted || name.starts_with('.')) continue;
        ATTUNE_ASSIGN(std::string text, read_text(entry.path()));
        files.emplace(name, std::move(text));
    }
    if (error) return fail(ErrorCode::kUnavailable, "{}: cannot be listed", home.string());
    auto templates = ReasonTemplates::create(files);
    if (!templates) return fail(templates.error().at(home.string()));
    return templates;
}

}  // namespace attune
