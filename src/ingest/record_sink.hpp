#pragma once

#include "core/result.hpp"
#include "ingest/record_kind.hpp"

namespace attune {

/// Takes the records of an import. The caller gives one that writes within one transaction and
/// rolls it back when the import fails.
class RecordSink {
 public:
    virtual ~RecordSink() = default;

    /// Takes one valid record; what it refers to came before it. An error ends the import.
    virtual Status add(Record record) = 0;
};

}  // namespace attune
