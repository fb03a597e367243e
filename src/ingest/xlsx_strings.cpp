#include "ingest/xlsx_strings.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "ingest/xml_stream.hpp"

namespace attune {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;
constexpr std::size_t kEscapeBytes = 7;  // _xHHHH_

class SharedStringsHandler final : public XmlHandler {
 public:
    SharedStringsHandler(StringTable& table, const ReaderLimits& limits)
        : table_(table), limits_(limits) {}

    void start_element(XmlStream&, std::string_view name, const XmlAttributes&) override {
        if (name == "si") {
            text_.clear();
        } else if (name == "rPh") {
            in_phonetic_guide_ = true;
        } else if (name == "t") {
            in_text_ = !in_phonetic_guide_;
        }
    }

    void end_element(XmlStream& stream, std::string_view name) override {
        if (name == "t") {
            in_text_ = false;
        } else if (name == "rPh") {
            in_phonetic_guide_ = false;
        } else if (name == "si") {
            decode_excel_escapes(text_);
            if (!table_.add(text_, limits_.max_shared_string_bytes)) {
                stream.stop({ErrorCode::kLimitExceeded,
                             fmt::format("the texts of the workbook take more than {} MiB "
                                         "(import.max_shared_strings_mib)",
                                         limits_.max_shared_string_bytes >> 20)});
            }
        }
    }

    void characters(XmlStream& stream, std::string_view text) override {
        if (!in_text_) return;
        text_ += text;
        if (text_.size() > limits_.max_cell_bytes) {
            stream.stop({ErrorCode::kLimitExceeded,
                         fmt::format("text {} has more than {} bytes (import.max_cell_bytes)",
                                     table_.size(), limits_.max_cell_bytes)});
        }
    }

 private:
    StringTable& table_;
    const ReaderLimits& limits_;
    std::string text_;
    bool in_text_ = false;
    bool in_phonetic_guide_ = false;
};

std::optional<unsigned> escape_at(std::string_view text, std::size_t at) {
    if (at + kEscapeBytes > text.size()) return std::nullopt;
    if (text[at] != '_' || text[at + 1] != 'x' || text[at + 6] != '_') return std::nullopt;
    unsigned value = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const char c = text[i];
        unsigned digit = 0;
        if (c >= '0' && c <= '9') {
            digit = static_cast<unsigned>(c - '0');
        } else if (c >= 'A' && c <= 'F') {
            digit = static_cast<unsigned>(c - 'A') + 10;
        } else if (c >= 'a' && c <= 'f') {
            digit = static_cast<unsigned>(c - 'a') + 10;
        } else {
            return std::nullopt;
        }
        value = value * 16 + digit;
    }
    return value;
}

void append_utf8(std::string& text, unsigned code_point) {
    const auto put = [&](unsigned byte) { text += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

}  // namespace

bool StringTable::add(std::string_view text, std::size_t max_bytes) {
    num_bytes_ += text.size() + sizeof(std::string_view);
    if (num_bytes_ > max_bytes) return false;
    if (text.size() > block_rest_) {
        block_rest_ = std::max(text.size(), kBlockBytes);
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_rest_));
        next_ = blocks_.back().get();
    }
    std::copy(text.begin(), text.end(), next_);
    texts_.emplace_back(next_, text.size());
    next_ += text.size();
    block_rest_ -= text.size();
    return true;
}

Result<StringTable> read_shared_strings(ZipArchive& archive, const std::string& part,
                                        const ReaderLimits& limits) {
    StringTable table;
    if (part.empty()) return table;
    ATTUNE_ASSIGN(std::unique_ptr<ZipPart> source,
                  archive.open_part(part, limits.max_unpacked_bytes));
    if (source == nullptr) return table;
    SharedStringsHandler handler(table, limits);
    XmlStream stream(std::move(source), handler);
    if (const Result<bool> done = stream.run(); !done) {
        return fail(done.error().at("part " + part));
    }
    return table;
}

void decode_excel_escapes(std::string& text) {
    constexpr unsigned kReplacement = 0xFFFD;
    if (text.find("_x") == std::string::npos) return;
    std::string decoded;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto unit = escape_at(text, at);
        if (!unit) {
            decoded += text[at++];
            continue;
        }
        at += kEscapeBytes;
        const bool is_high = *unit >= 0xD800 && *unit < 0xDC00;
        const bool is_low = *unit >= 0xDC00 && *unit < 0xE000;
        const auto low = is_high ? escape_at(text, at) : std::nullopt;
        if (low && *low >= 0xDC00 && *low < 0xE000) {
            append_utf8(decoded, 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
            at += kEscapeBytes;
        } else {
            append_utf8(decoded, *unit == 0 || is_high || is_low ? kReplacement : *unit);
        }
    }
    text = std::move(decoded);
}

std::vector<std::string_view> split_excel_text(std::string_view text) {
    // The units that the character at `i` takes, or more: what may need an escape counts as one.
    const auto units_at = [&](std::size_t i) -> std::size_t {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || (byte == '_' && text.substr(i + 1, 1) == "x")) return kEscapeBytes;
        if ((byte & 0xC0) == 0x80) return 0;
        return byte >= 0xF0 ? 2 : 1;
    };
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    std::size_t units = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t more = units_at(i);
        if (units + more > kMaxExcelText) {
            pieces.push_back(text.substr(begin, i - begin));
            begin = i;
            units = 0;
        }
        units += more;
    }
    pieces.push_back(text.substr(begin));
    return pieces;
}

std::string encode_excel_escapes(std::string_view text) {
    std::string encoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (escape_at(text, at)) encoded += "_x005F";
        encoded += text[at];
    }
    return encoded;
}

}  // namespace attune
