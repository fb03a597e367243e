#include "ingest/row_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;

constexpr std::uint64_t kFirstInexact = 1ULL << 53;

Cell trimmed_cell(const Cell& cell) {
    const auto* text = std::get_if<std::string_view>(&cell);
    if (text == nullptr) return cell;
    const std::string_view inner = trimmed(*text);
    return inner.empty() ? Cell{} : Cell{inner};
}

const json* at_path(const json& document, const std::vector<std::string>& path) {
    const json* value = &document;
    for (const std::string& key : path) {
        if (!value->is_object()) return nullptr;
        const auto found = value->find(key);
        if (found == value->end()) return nullptr;
        value = &*found;
    }
    return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view text_view(const Cell& cell, std::string& scratch) {
    if (const auto* text = std::get_if<std::string_view>(&cell)) return *text;
    scratch = cell_text(cell);
    return scratch;
}

Cell json_cell(const json& value, std::deque<std::string>& scratch) {
    if (value.is_string()) return std::string_view(value.get_ref<const std::string&>());
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_float()) return value.get<double>();
    if (value.is_number()) {
        const double number = value.get<double>();
        if (std::abs(number) < static_cast<double>(kFirstInexact)) return number;
        return std::string_view(scratch.emplace_back(value.dump()));
    }
    return {};
}

Result<RowValues> RowValues::of_table(const std::vector<std::string>& names,
                                      const std::vector<std::string>& header) {
    RowValues values;
    for (const std::string& name : names) {
        const auto found = std::find(header.begin(), header.end(), name);
        if (found == header.end()) {
            return fail(ErrorCode::kInvalidArgument,
                        "there is no column '{}', which the mapping needs; the file has: {}", name,
                        fmt::join(header, ", "));
        }
        values.positions_.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    values.values_.resize(names.size());
    return values;
}

RowValues RowValues::of_documents(const std::vector<std::string>& names) {
    RowValues values;
    for (const std::string& name : names) {
        std::vector<std::string>& path = values.paths_.emplace_back();
        for (std::size_t begin = 0; begin <= name.size();) {
            const std::size_t end = std::min(name.find('.', begin), name.size());
            path.push_back(name.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    values.values_.resize(names.size());
    return values;
}

void RowValues::set(std::span<const Cell> cells) {
    for (std::size_t slot = 0; slot < positions_.size(); ++slot) {
        const std::size_t position = positions_[slot];
        values_[slot] = position < cells.size() ? trimmed_cell(cells[position]) : Cell{};
    }
}

void RowValues::set(const json& document) {
    document_ = &document;
    scratch_.clear();
    for (std::size_t slot = 0; slot < paths_.size(); ++slot) {
        const json* value = at_path(document, paths_[slot]);
        values_[slot] = value == nullptr ? Cell{} : trimmed_cell(json_cell(*value, scratch_));
    }
}

const json* RowValues::json_at(ColumnSlot slot) const {
    return document_ == nullptr ? nullptr : at_path(*document_, paths_[slot]);
}

}  // namespace attune
