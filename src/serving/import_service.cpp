#include "serving/import_service.hpp"

#include <tuple>
#include <unordered_set>

#include "ingest/record_merge.hpp"
#include "serving/import_spool.hpp"

namespace attune {
namespace {

constexpr std::size_t kBatchSize = 5'000;
constexpr std::uint64_t kEntriesBetweenProgress = 1'024;

/// Puts what an import made into the store in batches, customers and products first, since the
/// others refer to them.
class StoreWriter {
 public:
    StoreWriter(Stores& stores, ImportOutcome& outcome) : stores_(stores), outcome_(outcome) {}

    Status take(SpooledRecord entry) {
        if (const auto* customer = std::get_if<Customer>(&entry.record)) {
            const std::string id = customer->id;
            ATTUNE_TRY(bring_up_to_date(entry, id));
            waiting_customers_.insert(id);
        } else if (const auto* product = std::get_if<Product>(&entry.record)) {
            const std::string id = product->id;
            ATTUNE_TRY(bring_up_to_date(entry, id));
            waiting_products_.insert(id);
        }
        std::visit(
            [this](auto&& held) {
                using T = std::decay_t<decltype(held)>;
                std::get<std::vector<T>>(waiting_).push_back(std::forward<decltype(held)>(held));
            },
            std::move(entry.record));
        if (++num_waiting_ < kBatchSize) return {};
        return flush();
    }

    Status take(const SpooledSame& same) {
        ATTUNE_ASSIGN(const bool there, contains(same.kind, same.id));
        if (!there) return gone(same.kind, same.id);
        ++outcome_.stored[static_cast<std::size_t>(same.kind)].unchanged;
        return {};
    }

    Status flush() {
        ATTUNE_TRY(flush_kind<Customer>(RecordKind::kCustomer));
        ATTUNE_TRY(flush_kind<Product>(RecordKind::kProduct));
        ATTUNE_TRY(flush_kind<Event>(RecordKind::kEvent));
        ATTUNE_TRY(flush_kind<Transaction>(RecordKind::kTransaction));
        ATTUNE_TRY(flush_kind<Post>(RecordKind::kPost));
        ATTUNE_TRY(flush_kind<HouseholdRelation>(RecordKind::kHousehold));
        ATTUNE_TRY(flush_kind<Consent>(RecordKind::kConsent));
        num_waiting_ = 0;
        waiting_customers_.clear();
        waiting_products_.clear();
        return {};
    }

 private:
    /// A customer or product was made from what the store had when its file was read. Where others
    /// have changed it since, what they changed stays, but for what the file changes too.
    Status bring_up_to_date(SpooledRecord& entry, const std::string& id) {
        const RecordKind kind = kind_of(entry.record);
        ATTUNE_ASSIGN(const std::optional<Record> stored, find(kind, id));
        if (stored == entry.former) return {};
        if (!stored) return gone(kind, id);
        auto record = rebased(entry.record, entry.former, *stored);
        if (!record) {
            return fail(ErrorCode::kConflict,
                        "{} '{}' was changed while its file was read, and the two do not go "
                        "together: {}; import again",
                        record_kind_name(kind), id, record.error().message);
        }
        entry.record = std::move(*record);
        return {};
    }

    static Status gone(RecordKind kind, const std::string& id) {
        return fail(ErrorCode::kConflict,
                    "{} '{}' was removed while its file was read; import again",
                    record_kind_name(kind), id);
    }

    Result<bool> contains(RecordKind kind, const std::string& id) {
        ATTUNE_TRY(flush_if_waiting(kind, id));
        if (kind == RecordKind::kCustomer) return stores_.customers().contains(id);
        return stores_.products().contains(id);
    }

    Result<std::optional<Record>> find(RecordKind kind, const std::string& id) {
        ATTUNE_ASSIGN(const bool there, contains(kind, id));
        if (!there) return std::nullopt;
        if (kind == RecordKind::kCustomer) {
            ATTUNE_ASSIGN(Customer customer, stores_.customers().get(id));
            return std::optional<Record>(std::move(customer));
        }
        ATTUNE_ASSIGN(Product product, stores_.products().get(id));
        return std::optional<Record>(std::move(product));
    }

    Status flush_if_waiting(RecordKind kind, const std::string& id) {
        const auto& ids = kind == RecordKind::kCustomer ? waiting_customers_ : waiting_products_;
        return ids.contains(id) ? flush() : Status();
    }

    template <typename T>
    Status flush_kind(RecordKind kind) {
        std::vector<T>& records = std::get<std::vector<T>>(waiting_);
        if (records.empty()) return {};
        ATTUNE_ASSIGN(const PutCounts counts, put(records));
        outcome_.stored[static_cast<std::size_t>(kind)] += counts;
        records.clear();
        return {};
    }

    Result<PutCounts> put(const std::vector<Customer>& r) { return stores_.customers().put(r); }
    Result<PutCounts> put(const std::vector<Product>& r) { return stores_.products().put(r); }
    Result<PutCounts> put(const std::vector<Event>& r) { return stores_.events().append(r); }
    Result<PutCounts> put(const std::vector<Transaction>& r) {
        return stores_.transactions().put(r);
    }
    Result<PutCounts> put(const std::vector<Post>& r) { return stores_.posts().put(r); }
    Result<PutCounts> put(const std::vector<HouseholdRelation>& r) {
        return stores_.households().put(r);
    }
    Result<PutCounts> put(const std::vector<Consent>& r) { return stores_.consents().put(r); }

    Stores& stores_;
    ImportOutcome& outcome_;
    std::size_t num_waiting_ = 0;
    std::unordered_set<std::string> waiting_customers_;
    std::unordered_set<std::string> waiting_products_;
    std::tuple<std::vector<Customer>, std::vector<Product>, std::vector<Event>,
               std::vector<Transaction>, std::vector<Post>, std::vector<HouseholdRelation>,
               std::vector<Consent>>
        waiting_;
};

Result<ImportReport> read_one(const ImportFile& file, ImportOptions options, ImportSpool& spool,
                              Progress& progress) {
    options.file = file.name.empty() ? file.path.filename().string() : file.name;
    ATTUNE_ASSIGN(const auto reader, open_rows(file.path, file.mapping.source));
    return import_rows(*reader, file.mapping, options, spool, progress);
}

Status store(ImportSpool& spool, Stores& stores, ImportOutcome& outcome, Progress& progress) {
    StoreWriter writer(stores, outcome);
    const ProgressStage stage(progress, "Storing what was read", spool.num_entries());
    std::uint64_t done = 0;
    ATTUNE_TRY(spool.for_each([&](SpoolEntry entry) -> Status {
        if (done++ % kEntriesBetweenProgress == 0) {
            if (stage.cancelled()) return fail(ErrorCode::kCancelled, "the import was stopped");
            stage.advance(done);
        }
        return std::visit(
            [&](auto&& held) { return writer.take(std::forward<decltype(held)>(held)); },
            std::move(entry));
    }));
    return writer.flush();
}

}  // namespace

Result<ImportOutcome> import_files(Database& database, const std::vector<ImportFile>& files,
                                   const ImportOptions& options,
                                   const std::filesystem::path& spool_folder, Progress& progress) {
    ImportOutcome outcome;
    ATTUNE_ASSIGN(const auto spool, ImportSpool::create(database, spool_folder));
    for (const ImportFile& file : files) {
        ATTUNE_ASSIGN(ImportReport report, read_one(file, options, *spool, progress));
        outcome.reports.push_back(std::move(report));
    }
    // Only now, for whoever else writes waits until this is over.
    ATTUNE_TRY(
        database.write([&](Stores& stores) { return store(*spool, stores, outcome, progress); }));
    outcome.touched_customers = spool->touched();
    return outcome;
}

}  // namespace attune
