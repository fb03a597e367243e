#include "serving/export_service.hpp"

#include <functional>

#include "ingest/file_format.hpp"
#include "ingest/record_row.hpp"
#include "ingest/row_reader.hpp"

namespace attune {
namespace {

constexpr std::size_t kPageSize = 5'000;
constexpr std::uint64_t kProgressInterval = 10'000;

using Visit = std::function<Status(const Record&)>;

template <typename Store>
Status visit_pages(Store& store, const Visit& visit) {
    Page page{"", kPageSize};
    for (;;) {
        ATTUNE_ASSIGN(auto records, store.list(page));
        if (records.empty()) return {};
        page.after = records.back().id;
        for (auto& record : records) ATTUNE_TRY(visit(std::move(record)));
    }
}

template <typename T>
Status visit_all(RecordStore<T>& store, const Visit& visit) {
    return store.for_each([&](const T& record) { return visit(record); });
}

Status visit_kind(Stores& stores, RecordKind kind, const Visit& visit) {
    switch (kind) {
        case RecordKind::kCustomer:
            return visit_pages(stores.customers(), visit);
        case RecordKind::kProduct:
            return visit_pages(stores.products(), visit);
        case RecordKind::kEvent:
            return stores.events().for_each({}, [&](const Event& e) { return visit(e); });
        case RecordKind::kTransaction:
            return visit_all(stores.transactions(), visit);
        case RecordKind::kPost:
            return visit_all(stores.posts(), visit);
        case RecordKind::kHousehold:
            return visit_all(stores.households(), visit);
        case RecordKind::kConsent:
            return visit_all(stores.consents(), visit);
    }
    return fail(ErrorCode::kInternal, "a kind of record that cannot be exported");
}

}  // namespace

Result<std::uint64_t> export_records(Database& database, RecordKind kind,
                                     const std::filesystem::path& file, Progress& progress) {
    ATTUNE_ASSIGN(const FileFormat format, file_format_of(file));
    const bool is_workbook = format.table == TableFormat::kXlsx;
    RecordRow row(kind, is_workbook ? RecordRow::Cells::kOfExcel : RecordRow::Cells::kUnbounded);
    std::uint64_t num_visited = 0;
    std::uint64_t num_written = 0;
    const auto note_progress = [&]() -> Status {
        if (++num_visited % kProgressInterval != 0) return {};
        progress.advance(num_visited);
        if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the export was stopped");
        return {};
    };
    const ProgressStage stage(progress, "exporting", 0);
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        if (is_workbook) {
            ATTUNE_TRY(visit_kind(stores, kind, [&](const Record& record) {
                row.measure(record);
                return note_progress();
            }));
        }
        ATTUNE_ASSIGN(const auto writer, create_rows(file, row.columns()));
        ATTUNE_TRY(visit_kind(stores, kind, [&](const Record& record) -> Status {
            ATTUNE_TRY(note_progress());
            ++num_written;
            return writer->write(row.cells(record));
        }));
        return writer->finish();
    }));
    return num_written;
}

}  // namespace attune
