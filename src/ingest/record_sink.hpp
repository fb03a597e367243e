#pragma once

#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "ingest/record_kind.hpp"

namespace attune {

/// Takes the records of an import. The caller gives one that changes nothing before the end of the
/// import, or undoes it when the import fails.
class RecordSink {
 public:
    virtual ~RecordSink() = default;

    /// Takes one valid record; what it refers to came before it. A customer or product is the
    /// whole, what was kept of it before included. An error ends the import.
    virtual Status add(Record record) = 0;

    /// The customer or product as it is now, after all that was added.
    virtual Result<std::optional<Record>> find(RecordKind kind, std::string_view id) = 0;
    /// Whether `find` would find it.
    virtual Result<bool> contains(RecordKind kind, std::string_view id) = 0;
};

}  // namespace attune
