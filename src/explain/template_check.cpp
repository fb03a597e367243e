#include "explain/template_check.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace attune {
namespace {

constexpr std::size_t kMostNameBytes = 64;  // of a name shown in a message

struct Tag {
    char kind = 0;  ///< 0: a variable; else '#', '^', '/', '!', '>' or '='
    std::string_view name;
    std::size_t line = 1;
};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Reads tag after tag.
class TagReader {
 public:
    explicit TagReader(std::string_view text) : text_(text) {}

    Result<std::optional<Tag>> next() {
        const std::size_t open = text_.find("{{", at_);
        if (open == std::string_view::npos) return std::optional<Tag>{};
        line_ += count_lines(at_, open);
        const bool triple = text_.substr(open, 3) == "{{{";
        const std::size_t start = open + (triple ? 3 : 2);
        const std::string_view closing = triple ? "}}}" : "}}";
        const std::size_t close = text_.find(closing, start);
        if (close == std::string_view::npos) {
            return fail(ErrorCode::kInvalidArgument, "line {}: a tag is not closed by '{}'", line_,
                        closing);
        }
        Tag tag{0, trimmed(text_.substr(start, close - start)), line_};
        constexpr std::string_view kKinds = "#^/!>=&";
        if (!triple && !tag.name.empty() && kKinds.find(tag.name.front()) != kKinds.npos) {
            tag.kind = tag.name.front() == '&' ? '\0' : tag.name.front();
            tag.name = trimmed(tag.name.substr(1));
        }
        at_ = close + closing.size();
        line_ += count_lines(start, at_);
        return std::optional(tag);
    }

 private:
    [[nodiscard]] std::size_t count_lines(std::size_t from, std::size_t to) const {
        return static_cast<std::size_t>(
            std::count(text_.begin() + static_cast<std::ptrdiff_t>(from),
                       text_.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

class Checker {
 public:
    explicit Checker(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

    Status check(const Tag& tag) {
        switch (tag.kind) {
            case '!':
                return {};
            case '>':
                return fail(ErrorCode::kInvalidArgument,
                            "line {}: '{}' is a partial; a template stands in one file", tag.line,
                            shown(tag.name));
            case '=':
                return fail(ErrorCode::kInvalidArgument,
                            "line {}: the delimiters are always {{{{ and }}}}", tag.line);
            case '/':
                return close(tag);
            default:
                break;
        }
        ATTUNE_TRY(check_name(tag));
        if (tag.kind != 0) open_.push_back(tag);
        return {};
    }

    [[nodiscard]] Status finish() const {
        if (open_.empty()) return {};
        return fail(ErrorCode::kInvalidArgument, "line {}: the section '{}' is not closed",
                    open_.back().line, open_.back().name);
    }

 private:
    static std::string_view shown(std::string_view name) { return name.substr(0, kMostNameBytes); }

    Status close(const Tag& tag) {
        if (open_.empty() || open_.back().name != tag.name) {
            return fail(ErrorCode::kInvalidArgument, "line {}: '{}' is closed where {} is open",
                        tag.line, shown(tag.name),
                        open_.empty() ? "no section" : "'" + std::string(open_.back().name) + "'");
        }
        open_.pop_back();
        return {};
    }

    [[nodiscard]] Status check_name(const Tag& tag) const {
        if (vocabulary_.names.contains(tag.name)) return {};
        // A list has no text of its own, only a section.
        if (tag.kind != 0 && vocabulary_.lists.contains(tag.name)) return {};
        std::set<std::string_view> known(vocabulary_.names.begin(), vocabulary_.names.end());
        for (const auto& [name, inner] : vocabulary_.lists) known.insert(name);
        for (const Tag& section : open_) {
            const auto list = vocabulary_.lists.find(section.name);
            if (section.kind != '#' || list == vocabulary_.lists.end()) continue;
            if (list->second.contains(tag.name)) return {};
            known.insert(list->second.begin(), list->second.end());
        }
        std::string names;
        for (const std::string_view name : known) {
            names.append(names.empty() ? "" : ", ").append(name);
        }
        return fail(ErrorCode::kInvalidArgument,
                    "line {}: there is no value '{}' here; this template knows: {}", tag.line,
                    shown(tag.name), names);
    }

    const Vocabulary& vocabulary_;
    std::vector<Tag> open_;
};

}  // namespace

Status check_template(std::string_view text, const Vocabulary& vocabulary) {
    if (trimmed(text).empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "the template is empty; every reason needs a text");
    }
    TagReader reader(text);
    Checker checker(vocabulary);
    while (true) {
        ATTUNE_ASSIGN(const std::optional<Tag> tag, reader.next());
        if (!tag) return checker.finish();
        ATTUNE_TRY(checker.check(*tag));
    }
}

}  // namespace attune
