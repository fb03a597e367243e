#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/binary_io.hpp"
#include "core/hash.hpp"
#include "core/spool_file.hpp"
#include "ingest/record_sink.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Something that an import stores.
struct SpooledRecord {
    Record record;
    std::optional<Record> former;  ///< a customer or product: what it was made from; none: nothing
};

/// A customer or product that is in the files just as it was in the store.
struct SpooledSame {
    RecordKind kind = RecordKind::kCustomer;
    std::string id;
};

using SpoolEntry = std::variant<SpooledRecord, SpooledSame>;

/// Takes the records of an import into a file, so that the store is left to others until all of
/// them are there. What was read of the store to make a record is kept with it: whoever stores it
/// can see what others have changed since.
///
/// @threads  used by one at a time
/// @cost     some 60 bytes of memory for each customer and product
class ImportSpool final : public RecordSink {
 public:
    /// @param folder  takes the file
    /// @lifetime      borrows the database
    /// @errors        those of SpoolFile::create and of the store
    static Result<std::unique_ptr<ImportSpool>> create(Database& database,
                                                       const std::filesystem::path& folder);

    Status add(Record record) override;
    Result<std::optional<Record>> find(RecordKind kind, std::string_view id) override;
    Result<bool> contains(RecordKind kind, std::string_view id) override;

    /// Calls `visit` with what was added, in that order. @errors those of `visit` and the file
    Status for_each(const std::function<Status(SpoolEntry)>& visit);
    [[nodiscard]] std::uint64_t num_entries() const { return file_.num_entries(); }

    /// Customers with a profile, event or consent here; none: more than
    /// ImportOutcome::kMostTouched.
    [[nodiscard]] std::optional<std::vector<std::string>> touched() const;

 private:
    ImportSpool(Database& database, SpoolFile file) : database_(database), file_(std::move(file)) {}

    struct Found {
        std::string id;
        std::optional<Record> record;
    };
    struct SlotOf {
        std::size_t operator()(const Hash128& hash) const { return hash.low; }
    };

    Status look_what_is_there();
    Status add_noun(const Record& record, const std::string& id);
    Result<std::optional<Record>> spooled(RecordKind kind, std::string_view id);
    Result<std::optional<Record>> stored(RecordKind kind, std::string_view id);
    void note_touched(const Record& record);

    Database& database_;
    SpoolFile file_;
    BinaryWriter writer_;
    std::array<bool, 2> is_store_empty_{};       ///< of customers, of products; at the start
    std::array<std::optional<Found>, 2> found_;  ///< the latest customer and product
    std::unordered_map<Hash128, std::uint64_t, SlotOf> places_;  ///< in the file
    std::unordered_set<std::string> touched_;  ///< at most one more than kMostTouched
};

}  // namespace attune
