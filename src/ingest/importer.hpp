#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "ingest/import_report.hpp"
#include "ingest/mapping.hpp"
#include "ingest/record_sink.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

enum class OnError { kStop, kSkip };

struct ImportOptions {
    OnError on_error = OnError::kStop;
    std::string file{};                   ///< named in messages and in the report
    std::size_t max_listed_issues = 100;  ///< of each reason
    std::uint64_t max_rows = 20'000'000;  ///< bounds the memory that finds duplicates
    QualityOptions quality{};
    /// Rows with an event, transaction or post of a later time are bad; none: of any time.
    std::optional<Timestamp> latest_time{};
};

/// Turns the rows of `reader` into records of `sink`.
///
/// Every row is validated, and what it refers to must be in the sink or made by a row before. Each
/// customer and product of a foreign layout goes to the sink once, at its first accepted row;
/// fields that the row does not give keep what the sink has. Ids made from a hash depend on the
/// values and on how many equal ones came before, so importing a file twice, or from another
/// format, gives the same ids.
///
/// @errors kInvalidArgument: a column that the mapping needs is not there; with OnError::kStop the
///         first bad row, named by file, sheet, row, column and value (kNotFound: it refers to a
///         customer or product that is not there); kLimitExceeded: too many
///         rows; kCancelled; those of the reader and the sink. The caller then drops what the sink
///         took.
/// @cost   about 60 bytes a row are held while it runs
Result<ImportReport> import_rows(RowReader& reader, const Mapping& mapping,
                                 const ImportOptions& options, RecordSink& sink,
                                 Progress& progress);

}  // namespace attune
