#include "ingest/quality.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "ingest/row_values.hpp"
#include "ingest/value_reader.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxValueBytes = 64;

bool may_be_number(char first) {
    return (first >= '0' && first <= '9') || first == '-' || first == '.';
}

bool may_be_time(std::string_view text) {
    return text.size() >= 10 && text[4] == '-' && text[7] == '-';
}

std::string_view shortened(std::string_view text) {
    if (text.size() <= kMaxValueBytes) return text;
    std::size_t size = kMaxValueBytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    return text.substr(0, size);
}

json bins_json(const std::vector<HistogramBin>& bins, bool of_times) {
    json list = json::array();
    for (const HistogramBin& bin : bins) {
        if (of_times) {
            const auto time = [](double ms) {
                return format_timestamp(Timestamp{static_cast<std::int64_t>(ms)});
            };
            list.push_back(
                {{"from", time(bin.from)}, {"until", time(bin.until)}, {"count", bin.count}});
        } else {
            list.push_back({{"from", bin.from}, {"until", bin.until}, {"count", bin.count}});
        }
    }
    return list;
}

json column_json(const ColumnQuality& column) {
    json types = json::object();
    const auto put = [&](const char* name, std::uint64_t count) {
        if (count > 0) types[name] = count;
    };
    put("whole_number", column.whole_numbers);
    put("number", column.other_numbers);
    put("time", column.times);
    put("boolean", column.booleans);
    put("text", column.texts);
    put("nested", column.nested);
    json top = json::array();
    for (const auto& [value, count] : column.top_values) {
        top.push_back({{"value", value}, {"count", count}});
    }
    json result{
        {"name", column.name},         {"present", column.present},
        {"missing", column.missing},   {"out_of_range", column.out_of_range},
        {"invalid", column.invalid},   {"types", std::move(types)},
        {"distinct", column.distinct}, {"distinct_is_lower_bound", column.distinct_is_lower_bound},
        {"top_values", std::move(top)}};
    if (column.minimum) {
        result["minimum"] = *column.minimum;
        result["maximum"] = *column.maximum;
        result["mean"] = *column.mean;
    }
    if (column.earliest) {
        result["earliest"] = format_timestamp(*column.earliest);
        result["latest"] = format_timestamp(*column.latest);
    }
    if (!column.histogram.empty()) {
        result["histogram"] = bins_json(column.histogram, !column.minimum);
    }
    return result;
}

}  // namespace

json to_json(const QualityReport& report) {
    json columns = json::array();
    for (const ColumnQuality& column : report.columns) columns.push_back(column_json(column));
    return {{"rows_duplicate", report.rows_duplicate}, {"columns", std::move(columns)}};
}

std::size_t ColumnProfile::TextHash::operator()(std::string_view text) const {
    return hash64(text);
}

ColumnProfile::ColumnProfile(std::string name, const QualityOptions& options)
    : max_distinct_values_(options.max_distinct_values), num_top_values_(options.num_top_values) {
    quality_.name = std::move(name);
}

void ColumnProfile::add(const Cell& cell) {
    ++quality_.present;
    if (const auto* number = std::get_if<double>(&cell))
        add_number(*number);
    else if (const auto* time = std::get_if<Timestamp>(&cell))
        add_time(*time);
    else if (const auto* text = std::get_if<std::string_view>(&cell))
        add_text(*text);
    else
        ++quality_.booleans;
    std::string scratch;
    count_value(text_view(cell, scratch));
}

void ColumnProfile::add_nested() {
    ++quality_.present;
    ++quality_.nested;
}

void ColumnProfile::add_text(std::string_view text) {
    if (may_be_time(text)) {
        if (const auto time = parse_timestamp(text)) return add_time(*time);
    }
    if (!text.empty() && may_be_number(text.front())) {
        if (const auto number = parse_number(text)) return add_number(*number);
    }
    if (text == "true" || text == "false" || text == "TRUE" || text == "FALSE") {
        ++quality_.booleans;
    } else {
        ++quality_.texts;
    }
}

void ColumnProfile::add_number(double value) {
    if (!std::isfinite(value)) {
        ++quality_.texts;
        return;
    }
    ++(value == std::floor(value) ? quality_.whole_numbers : quality_.other_numbers);
    quality_.minimum = std::min(quality_.minimum.value_or(value), value);
    quality_.maximum = std::max(quality_.maximum.value_or(value), value);
    sum_ += value;
    numbers_.add(value);
}

void ColumnProfile::add_time(Timestamp time) {
    ++quality_.times;
    quality_.earliest = std::min(quality_.earliest.value_or(time), time);
    quality_.latest = std::max(quality_.latest.value_or(time), time);
    times_.add(static_cast<double>(time.ms));
}

void ColumnProfile::count_value(std::string_view text) {
    const std::string_view value = shortened(text);
    const auto found = values_.find(value);
    if (found != values_.end())
        ++found->second;
    else if (values_.size() < max_distinct_values_)
        values_.emplace(value, 1);
    else
        quality_.distinct_is_lower_bound = true;
}

ColumnQuality ColumnProfile::summary() const {
    ColumnQuality summary = quality_;
    const std::uint64_t num_numbers = quality_.whole_numbers + quality_.other_numbers;
    if (num_numbers > 0) summary.mean = sum_ / static_cast<double>(num_numbers);
    summary.histogram = num_numbers > 0 ? numbers_.bins() : times_.bins();
    summary.distinct = values_.size();
    summary.top_values.assign(values_.begin(), values_.end());
    std::sort(summary.top_values.begin(), summary.top_values.end(),
              [](const auto& a, const auto& b) {
                  return a.second != b.second ? a.second > b.second : a.first < b.first;
              });
    if (summary.top_values.size() > num_top_values_) summary.top_values.resize(num_top_values_);
    return summary;
}

}  // namespace attune
