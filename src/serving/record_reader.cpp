#include "serving/record_reader.hpp"

#include <algorithm>

namespace attune {
namespace {

/// What `read` gives within one snapshot.
template <typename Read>
auto read_from(Database& database, const Read& read) -> decltype(read(std::declval<Stores&>())) {
    using Value = typename decltype(read(std::declval<Stores&>()))::value_type;
    std::optional<Value> value;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(value, read(stores));
        return {};
    }));
    return std::move(*value);
}

Status check_customer(Stores& stores, const std::string& id) {
    ATTUNE_ASSIGN(const bool known, stores.customers().contains(id));
    if (known) return {};
    return fail(ErrorCode::kNotFound, "customer '{}': there is no such customer", id);
}

/// The page of a customer's records, which the store gives oldest first.
template <typename Record>
Result<std::vector<Record>> newest_of(Stores& stores, RecordStore<Record>& store,
                                      const NewestFirst& page) {
    const std::string id = page.customer_id.value_or("");
    ATTUNE_TRY(check_customer(stores, id));
    ATTUNE_ASSIGN(std::vector<Record> records, store.of_customer(id));
    std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
        return std::pair(a.time.ms, a.id) > std::pair(b.time.ms, b.id);
    });
    if (page.before) {
        const auto first = std::find_if(records.begin(), records.end(), [&](const Record& record) {
            return std::pair(record.time.ms, record.id) <
                   std::pair(page.before->time.ms, page.before->id);
        });
        records.erase(records.begin(), first);
    }
    if (records.size() > page.limit) {
        records.erase(records.begin() + static_cast<std::ptrdiff_t>(page.limit), records.end());
    }
    return records;
}

}  // namespace

Result<RecordReader::Customers> RecordReader::customers(const CustomerQuery& query) {
    return read_from(database_, [&](Stores& stores) -> Result<Customers> {
        Customers found;
        ATTUNE_ASSIGN(found.page, stores.customers().find(query));
        ATTUNE_ASSIGN(found.total, stores.customers().count(query));
        return found;
    });
}

Result<Customer> RecordReader::customer(const std::string& id) {
    return read_from(database_, [&](Stores& stores) { return stores.customers().get(id); });
}

Result<std::size_t> RecordReader::num_customers() {
    return read_from(database_, [](Stores& stores) { return stores.customers().count(); });
}

Result<RecordReader::Products> RecordReader::products(const ProductQuery& query) {
    return read_from(database_, [&](Stores& stores) -> Result<Products> {
        Products found;
        ATTUNE_ASSIGN(found.page, stores.products().find(query));
        ATTUNE_ASSIGN(found.total, stores.products().count(query));
        ATTUNE_ASSIGN(found.categories, stores.products().categories());
        ATTUNE_ASSIGN(found.brands, stores.products().brands());
        return found;
    });
}

Result<Product> RecordReader::product(const std::string& id) {
    return read_from(database_, [&](Stores& stores) { return stores.products().get(id); });
}

Result<std::vector<Event>> RecordReader::events(const NewestFirst& page) {
    return read_from(database_, [&](Stores& stores) -> Result<std::vector<Event>> {
        if (page.customer_id) ATTUNE_TRY(check_customer(stores, *page.customer_id));
        return stores.events().newest(page);
    });
}

Result<std::size_t> RecordReader::num_events() {
    return read_from(database_, [](Stores& stores) { return stores.events().count(); });
}

Result<std::vector<Transaction>> RecordReader::transactions(const NewestFirst& page) {
    return read_from(
        database_, [&](Stores& stores) { return newest_of(stores, stores.transactions(), page); });
}

Result<std::vector<Post>> RecordReader::posts(const NewestFirst& page) {
    return read_from(database_,
                     [&](Stores& stores) { return newest_of(stores, stores.posts(), page); });
}

Result<std::vector<Consent>> RecordReader::consents(const std::string& customer_id) {
    return read_from(database_, [&](Stores& stores) -> Result<std::vector<Consent>> {
        ATTUNE_TRY(check_customer(stores, customer_id));
        ATTUNE_ASSIGN(std::vector<Consent> consents, stores.consents().of_customer(customer_id));
        std::reverse(consents.begin(), consents.end());
        return consents;
    });
}

Result<std::vector<HouseholdRelation>> RecordReader::household(const std::string& customer_id) {
    return read_from(database_, [&](Stores& stores) -> Result<std::vector<HouseholdRelation>> {
        ATTUNE_TRY(check_customer(stores, customer_id));
        return stores.households().of_customer(customer_id);
    });
}

Result<std::vector<Decision>> RecordReader::decisions(const NewestFirst& page) {
    return read_from(database_, [&](Stores& stores) { return stores.decisions().list(page); });
}

Result<Decision> RecordReader::decision(const std::string& id) {
    return read_from(database_, [&](Stores& stores) { return stores.decisions().get(id); });
}

Result<std::optional<IdempotencyRecord>> RecordReader::earlier_answer(const std::string& principal,
                                                                      const std::string& key) {
    return read_from(database_,
                     [&](Stores& stores) { return stores.idempotency().find(principal, key); });
}

Status RecordReader::keep_answer(const IdempotencyRecord& record, Timestamp oldest) {
    return database_.write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.idempotency().put_if_absent(record, oldest));
        return {};
    });
}

}  // namespace attune
