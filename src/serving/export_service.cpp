#include "serving/export_service.hpp"

#include "ingest/record_table.hpp"
#include "ingest/row_reader.hpp"

namespace attune {
namespace {

constexpr std::size_t kPageSize = 5'000;
constexpr std::uint64_t kProgressInterval = 10'000;

class Exporter {
 public:
    Exporter(RowWriter& writer, Progress& progress) : writer_(writer), progress_(progress) {}

    Status write(Record record) {
        if (++num_written_ % kProgressInterval == 0) {
            progress_.advance(num_written_);
            if (progress_.cancelled()) return fail(ErrorCode::kCancelled, "the export was stopped");
        }
        return writer_.write(row_.cells(record));
    }

    template <typename Store>
    Status write_pages(Store& store) {
        Page page{"", kPageSize};
        for (;;) {
            ATTUNE_ASSIGN(auto records, store.list(page));
            if (records.empty()) return {};
            page.after = records.back().id;
            for (auto& record : records) ATTUNE_TRY(write(std::move(record)));
        }
    }

    template <typename T>
    Status write_all(RecordStore<T>& store) {
        return store.for_each([this](const T& record) { return write(record); });
    }

    Status write_kind(Stores& stores, RecordKind kind) {
        switch (kind) {
            case RecordKind::kCustomer:
                return write_pages(stores.customers());
            case RecordKind::kProduct:
                return write_pages(stores.products());
            case RecordKind::kEvent:
                return stores.events().for_each({}, [this](const Event& e) { return write(e); });
            case RecordKind::kTransaction:
                return write_all(stores.transactions());
            case RecordKind::kPost:
                return write_all(stores.posts());
            case RecordKind::kHousehold:
                return write_all(stores.households());
            case RecordKind::kConsent:
                return write_all(stores.consents());
        }
        return fail(ErrorCode::kInternal, "a kind of record that cannot be exported");
    }

    [[nodiscard]] std::uint64_t num_written() const { return num_written_; }

 private:
    RowWriter& writer_;
    Progress& progress_;
    RecordRow row_;
    std::uint64_t num_written_ = 0;
};

}  // namespace

Result<std::uint64_t> export_records(Database& database, RecordKind kind,
                                     const std::filesystem::path& file, Progress& progress) {
    ATTUNE_ASSIGN(const auto writer, create_rows(file, record_columns(kind)));
    Exporter exporter(*writer, progress);
    progress.begin("exporting", 0);
    ATTUNE_TRY(database.read([&](Stores& stores) { return exporter.write_kind(stores, kind); }));
    ATTUNE_TRY(writer->finish());
    progress.end();
    return exporter.num_written();
}

}  // namespace attune
