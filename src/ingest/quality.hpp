#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

struct QualityOptions {
    bool enabled = true;
    std::size_t max_columns = 256;            ///< further ones are not looked at
    std::size_t max_distinct_values = 1'000;  ///< followed for each column
    std::size_t num_top_values = 10;
};

struct HistogramBin {
    double from = 0;   ///< inclusive
    double until = 0;  ///< exclusive
    std::uint64_t count = 0;
};

/// Counts numbers in at most 32 bins of one width, which is a power of two and doubles when a
/// number falls outside: every count stays exact, in fixed memory, in one pass.
class Histogram {
 public:
    void add(double value);  ///< @pre finite
    [[nodiscard]] std::vector<HistogramBin> bins() const;

 private:
    void widen();

    static constexpr std::int64_t kMaxBins = 32;
    double width_ = 0;                              ///< 0: no number yet
    std::map<std::int64_t, std::uint64_t> counts_;  ///< by floor(value / width)
};

struct ColumnQuality {
    std::string name;
    std::uint64_t present = 0;
    std::uint64_t missing = 0;  ///< empty, or a text that the mapping says is missing
    std::uint64_t out_of_range = 0;
    std::uint64_t invalid = 0;  ///< other bad values

    // What the present values look like, whatever the mapping reads them as.
    std::uint64_t whole_numbers = 0;
    std::uint64_t other_numbers = 0;
    std::uint64_t times = 0;
    std::uint64_t booleans = 0;
    std::uint64_t texts = 0;
    std::uint64_t nested = 0;  ///< lists and objects of documents

    std::optional<double> minimum;  ///< of the numbers
    std::optional<double> maximum;
    std::optional<double> mean;
    std::optional<Timestamp> earliest;
    std::optional<Timestamp> latest;
    std::vector<HistogramBin> histogram;  ///< of the numbers, else of the times (ms)

    std::uint64_t distinct = 0;
    bool distinct_is_lower_bound = false;  ///< there are more, and top_values may miss late ones
    std::vector<std::pair<std::string, std::uint64_t>> top_values;
};

struct QualityReport {
    std::vector<ColumnQuality> columns;
    std::uint64_t rows_duplicate = 0;
};

nlohmann::json to_json(const QualityReport& report);

/// Follows one column in bounded memory.
class ColumnProfile {
 public:
    ColumnProfile(std::string name, const QualityOptions& options);

    void add(const Cell& cell);  ///< @pre not empty
    void add_nested();
    void add_out_of_range() { ++quality_.out_of_range; }
    void add_invalid() { ++quality_.invalid; }
    [[nodiscard]] const std::string& name() const { return quality_.name; }
    /// Counts as missing what was not there in `num_rows` rows.
    void set_num_rows(std::uint64_t num_rows) { quality_.missing = num_rows - quality_.present; }
    [[nodiscard]] ColumnQuality summary() const;

 private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const;
    };

    void add_text(std::string_view text);
    void add_number(double value);
    void add_time(Timestamp time);
    void count_value(std::string_view text);

    ColumnQuality quality_;
    std::size_t max_distinct_values_;
    std::size_t num_top_values_;
    double sum_ = 0;
    Histogram numbers_;
    Histogram times_;
    std::unordered_map<std::string, std::uint64_t, TextHash, std::equal_to<>> values_;
};

}  // namespace attune
