#pragma once

#include <cstdint>
#include <string>

#include "ingest/import_report.hpp"

namespace attune {

/// The report for people: the counts, what was rejected with a few examples of each reason, what
/// was left out of accepted rows, and the columns of which there is something to say. to_json has
/// the rest.
std::string report_text(const ImportReport& report);

/// "1,234,567"
std::string grouped(std::uint64_t number);

}  // namespace attune
