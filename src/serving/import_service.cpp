#include "serving/import_service.hpp"

#include <tuple>
#include <unordered_set>

namespace attune {
namespace {

constexpr std::size_t kBatchSize = 5'000;

/// Collects records and puts them into the store in batches, customers and products first, since
/// the others refer to them.
class StoreSink final : public RecordSink {
 public:
    StoreSink(Stores& stores, ImportOutcome& outcome) : stores_(stores), outcome_(outcome) {}

    Status add(Record record) override {
        if (const auto* customer = std::get_if<Customer>(&record)) {
            waiting_customers_.insert(customer->id);
        } else if (const auto* product = std::get_if<Product>(&record)) {
            waiting_products_.insert(product->id);
        }
        note_touched(record);
        std::visit(
            [this](auto&& held) {
                using T = std::decay_t<decltype(held)>;
                std::get<std::vector<T>>(waiting_).push_back(std::forward<decltype(held)>(held));
            },
            std::move(record));
        if (++num_waiting_ < kBatchSize) return {};
        return flush();
    }

    Result<std::optional<Record>> find(RecordKind kind, std::string_view id) override {
        ATTUNE_TRY(flush_if_waiting(kind, id));
        if (kind == RecordKind::kCustomer) return found(stores_.customers().get(id));
        return found(stores_.products().get(id));
    }

    Result<bool> contains(RecordKind kind, std::string_view id) override {
        ATTUNE_TRY(flush_if_waiting(kind, id));
        if (kind == RecordKind::kCustomer) return stores_.customers().contains(id);
        return stores_.products().contains(id);
    }

    /// Whose state is another one afterwards.
    [[nodiscard]] std::optional<std::vector<std::string>> touched() const {
        if (touched_.size() > ImportOutcome::kMostTouched) return std::nullopt;
        return std::vector<std::string>(touched_.begin(), touched_.end());
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
    void note_touched(const Record& record) {
        if (touched_.size() > ImportOutcome::kMostTouched) return;
        if (const auto* customer = std::get_if<Customer>(&record)) touched_.insert(customer->id);
        if (const auto* event = std::get_if<Event>(&record)) touched_.insert(event->customer_id);
        if (const auto* consent = std::get_if<Consent>(&record)) {
            touched_.insert(consent->customer_id);
        }
    }

    Status flush_if_waiting(RecordKind kind, std::string_view id) {
        const auto& ids = kind == RecordKind::kCustomer ? waiting_customers_ : waiting_products_;
        return ids.contains(std::string(id)) ? flush() : Status();
    }

    template <typename T>
    static Result<std::optional<Record>> found(Result<T> result) {
        if (result) return std::optional<Record>(std::move(*result));
        if (result.error().code == ErrorCode::kNotFound) return std::nullopt;
        return fail(std::move(result).error());
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
    std::unordered_set<std::string> touched_;  ///< at most one more than kMostTouched
    std::tuple<std::vector<Customer>, std::vector<Product>, std::vector<Event>,
               std::vector<Transaction>, std::vector<Post>, std::vector<HouseholdRelation>,
               std::vector<Consent>>
        waiting_;
};

Status import_one(const ImportFile& file, ImportOptions options, StoreSink& sink,
                  ImportOutcome& outcome, Progress& progress) {
    options.file = file.name.empty() ? file.path.filename().string() : file.name;
    ATTUNE_ASSIGN(const auto reader, open_rows(file.path, file.mapping.source));
    ATTUNE_ASSIGN(ImportReport report, import_rows(*reader, file.mapping, options, sink, progress));
    outcome.reports.push_back(std::move(report));
    return sink.flush();
}

}  // namespace

Result<ImportOutcome> import_files(Database& database, const std::vector<ImportFile>& files,
                                   const ImportOptions& options, Progress& progress) {
    ImportOutcome outcome;
    ATTUNE_TRY(database.write([&](Stores& stores) -> Status {
        StoreSink sink(stores, outcome);
        for (const ImportFile& file : files) {
            ATTUNE_TRY(import_one(file, options, sink, outcome, progress));
        }
        outcome.touched_customers = sink.touched();
        return {};
    }));
    return outcome;
}

}  // namespace attune
