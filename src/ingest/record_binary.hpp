#pragma once

#include "core/binary_io.hpp"
#include "ingest/record_kind.hpp"

namespace attune {

/// Records as bytes, for a while and within one program: every field as it is, whether or not it is
/// valid, and no version. What stays goes by the JSON form.
void write_record(const Record& record, BinaryWriter& writer);

/// Reads back what write_record wrote. @errors kCorrupt: the bytes end before the record does
Result<Record> read_record(BinaryReader& reader);

}  // namespace attune
