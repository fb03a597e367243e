#include "serving/import_spool.hpp"

#include "ingest/record_binary.hpp"
#include "serving/import_service.hpp"

namespace attune {
namespace {

/// What an entry begins with.
enum class Form : std::uint8_t { kNew, kChanged, kSame };

const std::string* noun_id(const Record& record) {
    if (const auto* customer = std::get_if<Customer>(&record)) return &customer->id;
    if (const auto* product = std::get_if<Product>(&record)) return &product->id;
    return nullptr;
}

/// Tells a customer from a product of the same id.
Hash128 noun_hash(RecordKind kind, std::string_view id) {
    Hash128 hash = hash128(id);
    hash.high ^= static_cast<std::uint64_t>(kind);
    return hash;
}

std::size_t slot_of(RecordKind kind) {
    return kind == RecordKind::kCustomer ? 0 : 1;
}

Result<SpoolEntry> read_entry(std::string_view bytes) {
    BinaryReader reader(bytes);
    const auto form = static_cast<Form>(reader.number<std::uint8_t>());
    if (form == Form::kSame) {
        const auto kind = static_cast<RecordKind>(reader.number<std::uint8_t>());
        SpooledSame same{kind, reader.text()};
        ATTUNE_TRY(reader.status());
        return SpoolEntry(std::move(same));
    }
    SpooledRecord entry;
    ATTUNE_ASSIGN(entry.record, read_record(reader));
    if (form == Form::kChanged) {
        ATTUNE_ASSIGN(entry.former, read_record(reader));
    }
    return SpoolEntry(std::move(entry));
}

template <typename T>
Result<std::optional<Record>> if_there(Result<T> result) {
    if (result) return std::optional<Record>(std::move(*result));
    if (result.error().code == ErrorCode::kNotFound) return std::nullopt;
    return fail(std::move(result).error());
}

}  // namespace

Result<std::unique_ptr<ImportSpool>> ImportSpool::create(Database& database,
                                                         const std::filesystem::path& folder) {
    ATTUNE_ASSIGN(SpoolFile file, SpoolFile::create(folder));
    std::unique_ptr<ImportSpool> spool(new ImportSpool(database, std::move(file)));
    ATTUNE_TRY(spool->look_what_is_there());
    return spool;
}

/// Nothing needs to be looked for where nothing is. What comes meanwhile is seen when it is stored.
Status ImportSpool::look_what_is_there() {
    return database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto customers, stores.customers().list({"", 1}));
        ATTUNE_ASSIGN(const auto products, stores.products().list({"", 1}));
        is_store_empty_ = {customers.empty(), products.empty()};
        return {};
    });
}

Status ImportSpool::add(Record record) {
    note_touched(record);
    if (const std::string* id = noun_id(record)) return add_noun(record, *id);
    writer_.clear();
    writer_.number(static_cast<std::uint8_t>(Form::kNew));
    write_record(record, writer_);
    ATTUNE_TRY(file_.append(writer_.bytes()));
    return {};
}

Status ImportSpool::add_noun(const Record& record, const std::string& id) {
    const RecordKind kind = kind_of(record);
    std::optional<Found>& found = found_[slot_of(kind)];
    if (!found || found->id != id) ATTUNE_TRY(find(kind, id));
    const std::optional<Record> former = std::move(found->record);
    found.reset();
    writer_.clear();
    if (former && *former == record) {
        writer_.number(static_cast<std::uint8_t>(Form::kSame));
        writer_.number(static_cast<std::uint8_t>(kind));
        writer_.text(id);
        ATTUNE_TRY(file_.append(writer_.bytes()));
        return {};
    }
    writer_.number(static_cast<std::uint8_t>(former ? Form::kChanged : Form::kNew));
    write_record(record, writer_);
    if (former) write_record(*former, writer_);
    ATTUNE_ASSIGN(places_[noun_hash(kind, id)], file_.append(writer_.bytes()));
    return {};
}

Result<std::optional<Record>> ImportSpool::find(RecordKind kind, std::string_view id) {
    ATTUNE_ASSIGN(std::optional<Record> record, spooled(kind, id));
    if (!record && !is_store_empty_[slot_of(kind)]) {
        ATTUNE_ASSIGN(record, stored(kind, id));
    }
    found_[slot_of(kind)] = Found{std::string(id), record};
    return record;
}

Result<bool> ImportSpool::contains(RecordKind kind, std::string_view id) {
    if (places_.contains(noun_hash(kind, id))) return true;
    if (is_store_empty_[slot_of(kind)]) return false;
    bool there = false;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(there, kind == RecordKind::kCustomer ? stores.customers().contains(id)
                                                           : stores.products().contains(id));
        return {};
    }));
    return there;
}

Result<std::optional<Record>> ImportSpool::spooled(RecordKind kind, std::string_view id) {
    const auto place = places_.find(noun_hash(kind, id));
    if (place == places_.end()) return std::nullopt;
    ATTUNE_ASSIGN(const std::string bytes, file_.at(place->second));
    ATTUNE_ASSIGN(SpoolEntry entry, read_entry(bytes));
    return std::optional(std::move(std::get<SpooledRecord>(entry).record));
}

Result<std::optional<Record>> ImportSpool::stored(RecordKind kind, std::string_view id) {
    std::optional<Record> record;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(record, kind == RecordKind::kCustomer ? if_there(stores.customers().get(id))
                                                            : if_there(stores.products().get(id)));
        return {};
    }));
    return record;
}

Status ImportSpool::for_each(const std::function<Status(SpoolEntry)>& visit) {
    return file_.for_each([&](std::string_view bytes) -> Status {
        ATTUNE_ASSIGN(SpoolEntry entry, read_entry(bytes));
        return visit(std::move(entry));
    });
}

void ImportSpool::note_touched(const Record& record) {
    if (touched_.size() > ImportOutcome::kMostTouched) return;
    if (const auto* customer = std::get_if<Customer>(&record)) touched_.insert(customer->id);
    if (const auto* event = std::get_if<Event>(&record)) touched_.insert(event->customer_id);
    if (const auto* consent = std::get_if<Consent>(&record)) touched_.insert(consent->customer_id);
}

std::optional<std::vector<std::string>> ImportSpool::touched() const {
    if (touched_.size() > ImportOutcome::kMostTouched) return std::nullopt;
    return std::vector<std::string>(touched_.begin(), touched_.end());
}

}  // namespace attune
