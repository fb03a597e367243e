#include "ingest/json_lines_reader.hpp"

#include <algorithm>
#include <utility>

#include "ingest/text_check.hpp"

namespace attune {
namespace {

/// How deep arrays and objects stand in one another; exact for what is JSON.
std::size_t nesting_depth(std::string_view text) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_text) {
            if (c == '\\') ++i;
            if (c == '"') in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

/// The part of nlohmann's message after "[json.exception.parse_error.101] parse error at line 1, ".
std::string short_message(std::string_view message) {
    constexpr std::string_view kBeforeColumn = "at line 1, ";
    const std::size_t start = message.find(kBeforeColumn);
    if (start != std::string_view::npos) message.remove_prefix(start + kBeforeColumn.size());
    return std::string(message);
}

}  // namespace

Result<std::unique_ptr<RowReader>> JsonLinesReader::open(std::unique_ptr<ByteSource> source,
                                                         std::string name,
                                                         const ReaderLimits& limits) {
    TextWindow window(std::move(source));
    if (const Status opened = window.open(); !opened) return fail(opened.error().at(name));
    std::unique_ptr<JsonLinesReader> reader(
        new JsonLinesReader(std::move(window), std::move(name), limits));
    const Result<bool> found = reader->next_filled_line();
    if (!found) return fail(found.error().at(reader->name_));
    if (!*found) return fail(ErrorCode::kEmptyInput, "{}: has no rows", reader->name_);
    reader->line_is_ready_ = true;
    return std::unique_ptr<RowReader>(std::move(reader));
}

Result<bool> JsonLinesReader::next(Row& row) {
    row_error_.clear();
    if (failure_) return fail(*failure_);
    if (!std::exchange(line_is_ready_, false)) {
        const Result<bool> found = next_filled_line();
        if (!found) {
            failure_ = found.error().at(name_);
            return fail(*failure_);
        }
        if (!*found) return false;
    }
    parse(line_);
    row.number = number_;
    row.cells = {};
    row.document = row_error_.empty() ? &document_ : nullptr;
    return true;
}

Result<bool> JsonLinesReader::next_filled_line() {
    while (true) {
        ATTUNE_ASSIGN(const std::optional<std::string_view> line, next_line());
        if (!line) return false;
        line_ = trim(*line);
        if (line_.empty()) continue;
        if (const auto bad = find_bad_byte(line_)) {
            return fail(ErrorCode::kMalformedText, "row {}, byte {}: there is {}", number_,
                        static_cast<std::size_t>(line_.data() - line->data()) + bad->offset + 1,
                        describe(*bad, line_));
        }
        return true;
    }
}

Result<std::optional<std::string_view>> JsonLinesReader::next_line() {
    window_.consume(std::exchange(consumed_, 0));
    std::size_t searched = 0;
    while (true) {
        const std::string_view text = window_.text();
        const std::size_t end = text.find('\n', searched);
        searched = text.size();
        if (std::min(end, text.size()) > max_line_bytes_) {
            return fail(
                ErrorCode::kLimitExceeded,
                "row {} has more than the {} bytes allowed ({} times import.max_cell_bytes)",
                number_ + 1, max_line_bytes_, kMaxLineCells);
        }
        if (end != std::string_view::npos || (window_.ended() && !text.empty())) {
            consumed_ = end == std::string_view::npos ? text.size() : end + 1;
            ++number_;
            return text.substr(0, end);
        }
        if (window_.ended()) return std::nullopt;
        ATTUNE_TRY(window_.more());
    }
}

void JsonLinesReader::parse(std::string_view line) {
    if (nesting_depth(line) > kMaxJsonDepth) {
        row_error_ = fmt::format("row {} is nested deeper than {} levels", number_, kMaxJsonDepth);
        return;
    }
    try {
        document_ = nlohmann::json::parse(line);
    } catch (const nlohmann::json::exception& error) {
        row_error_ = fmt::format("row {} is not JSON: {}", number_, short_message(error.what()));
        return;
    }
    if (!document_.is_object()) {
        row_error_ =
            fmt::format("row {} is a JSON {}; a row is an object such as {{\"id\": \"7\"}}",
                        number_, document_.type_name());
    }
}

}  // namespace attune
