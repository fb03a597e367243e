#include "ingest/csv_scanner.hpp"

#include <algorithm>

namespace attune {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";
constexpr std::size_t kSampleRecords = 50;

struct Evenness {
    std::size_t num_fields = 1;  // of the header
    double share = 0;            // of the records with as many

    [[nodiscard]] bool better_than(const Evenness& other) const {
        if (num_fields == 1 || other.num_fields == 1) return num_fields > other.num_fields;
        if (share != other.share) return share > other.share;
        return num_fields > other.num_fields;
    }
};

bool is_blank_line(const CsvScanner& scanner) {
    if (scanner.num_fields() != 1) return false;
    const CsvScanner::Field& field = scanner.fields().front();
    return field.begin == field.end;
}

Evenness measure(const CsvSample& sample, char delimiter, const ReaderLimits& limits) {
    CsvScanner scanner(delimiter, limits);
    std::string_view text = sample.text;
    Evenness evenness;
    std::uint64_t line = 1;
    std::size_t num_records = 0;
    std::size_t num_even = 0;
    while (!text.empty() && num_records < kSampleRecords) {
        const CsvScanner::Outcome outcome = scanner.scan(text, sample.ended);
        // A record that is cut off by the end of the sample says nothing, unless it is the header.
        if (outcome == CsvScanner::Outcome::kNeedMore && num_records > 0) break;
        if (line >= sample.header_line && !is_blank_line(scanner)) {
            if (num_records == 0)
                evenness.num_fields = std::max<std::size_t>(scanner.num_fields(), 1);
            ++num_records;
            if (scanner.num_fields() == evenness.num_fields) ++num_even;
        }
        if (outcome != CsvScanner::Outcome::kRecord) break;
        line += scanner.num_lines();
        text.remove_prefix(scanner.record_bytes());
    }
    if (num_records > 0) {
        evenness.share = static_cast<double>(num_even) / static_cast<double>(num_records);
    }
    return evenness;
}

}  // namespace

CsvScanner::CsvScanner(char delimiter, const ReaderLimits& limits)
    : delimiter_(delimiter),
      max_fields_(limits.max_columns),
      max_cell_bytes_(limits.max_cell_bytes) {
    for (const char c : {delimiter, '\r', '\n'}) ends_field_[static_cast<unsigned char>(c)] = true;
}

CsvScanner::Outcome CsvScanner::scan(std::string_view text, bool ended) {
    fields_.clear();
    num_fields_ = 0;
    position_ = 0;
    num_lines_ = 1;
    while (true) {
        switch (scan_field(text, ended)) {
            case Piece::kNext:
                break;
            case Piece::kRecordEnd:
                return num_fields_ > max_fields_ ? Outcome::kTooManyFields : Outcome::kRecord;
            case Piece::kNeedMore:
                // Not read on to the end of the record: it may have none.
                return num_fields_ > max_fields_ ? Outcome::kTooManyFields : Outcome::kNeedMore;
            case Piece::kOpenQuote:
                return Outcome::kOpenQuote;
            case Piece::kTextAfterQuote:
                return Outcome::kTextAfterQuote;
            case Piece::kCellTooLong:
                return Outcome::kCellTooLong;
        }
    }
}

CsvScanner::Piece CsvScanner::scan_field(std::string_view text, bool ended) {
    if (position_ < text.size() && text[position_] == '"') return scan_quoted(text, ended);
    return scan_plain(text, ended);
}

CsvScanner::Piece CsvScanner::scan_plain(std::string_view text, bool ended) {
    const std::size_t begin = position_;
    std::size_t end = begin;
    while (end < text.size() && !ends_field_[static_cast<unsigned char>(text[end])]) ++end;
    if (end - begin > max_cell_bytes_) return Piece::kCellTooLong;
    position_ = end;
    return end_field(text, ended, {.begin = begin, .end = end});
}

CsvScanner::Piece CsvScanner::scan_quoted(std::string_view text, bool ended) {
    Field field{.begin = position_ + 1};
    std::size_t from = field.begin;
    while (true) {
        const std::size_t quote = text.find('"', from);
        const std::size_t reached = std::min(quote, text.size());
        if (reached - field.begin > max_cell_bytes_) return Piece::kCellTooLong;
        if (quote == std::string_view::npos) return ended ? Piece::kOpenQuote : Piece::kNeedMore;
        if (quote + 1 == text.size() && !ended) return Piece::kNeedMore;
        if (quote + 1 == text.size() || text[quote + 1] != '"') {
            field.end = quote;
            break;
        }
        field.has_doubled_quotes = true;
        from = quote + 2;
    }
    count_lines(text.substr(field.begin, field.end - field.begin));
    position_ = field.end + 1;
    return end_field(text, ended, field);
}

CsvScanner::Piece CsvScanner::end_field(std::string_view text, bool ended, Field field) {
    if (position_ == text.size() && !ended) return Piece::kNeedMore;
    if (position_ < text.size() && text[position_] == '\r' && position_ + 1 == text.size() &&
        !ended) {
        return Piece::kNeedMore;
    }
    if (position_ < text.size() && !ends_field_[static_cast<unsigned char>(text[position_])]) {
        return Piece::kTextAfterQuote;
    }
    ++num_fields_;
    if (num_fields_ <= max_fields_) fields_.push_back(field);
    if (position_ == text.size()) return Piece::kRecordEnd;
    const char end = text[position_++];
    if (end == delimiter_) return Piece::kNext;
    if (end == '\r' && position_ < text.size() && text[position_] == '\n') ++position_;
    return Piece::kRecordEnd;
}

void CsvScanner::count_lines(std::string_view quoted) {
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        const bool crlf = quoted[i] == '\r' && i + 1 < quoted.size() && quoted[i + 1] == '\n';
        if ((quoted[i] == '\n' || quoted[i] == '\r') && !crlf) ++num_lines_;
    }
}

char detect_delimiter(const CsvSample& sample, const ReaderLimits& limits) {
    char best = kNoDelimiter;
    Evenness best_evenness;
    for (const char candidate : kDelimiters) {
        const Evenness evenness = measure(sample, candidate, limits);
        if (evenness.better_than(best_evenness)) {
            best = candidate;
            best_evenness = evenness;
        }
    }
    return best;
}

}  // namespace attune
