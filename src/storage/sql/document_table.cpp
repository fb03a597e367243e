#include "storage/sql/document_table.hpp"

#include <limits>

#include "storage/sql/listing.hpp"
#include "storage/sql/rows.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// The stored form of a record. It must stay the same when it is read and written again: a number
/// that is not finite, say, has no JSON form, and would come to light only when somebody needs it.
template <typename Table>
Result<std::string> document_of(const typename Table::Record& record) {
    ATTUNE_TRY(validate(record));
    try {
        const json form = to_json(record);
        std::string document = form.dump();
        const json stored = json::parse(document);
        const auto read_back = Table::read(stored);
        if (!read_back) {
            return fail(ErrorCode::kInvalidArgument, "cannot be stored: {}",
                        read_back.error().message);
        }
        if (to_json(*read_back) != stored) {
            return fail(ErrorCode::kInvalidArgument,
                        "cannot be stored: a number in it is not finite");
        }
        return document;
    } catch (const json::exception&) {
        return fail(ErrorCode::kInvalidArgument, "holds text that is not UTF-8");
    }
}

}  // namespace

std::string CustomerTable::name_of(const Customer& record) {
    return fmt::format("customer '{}'", record.id);
}
Result<std::string> CustomerTable::check(const Customer& record, SqlKeys) {
    return document_of<CustomerTable>(record);
}
void CustomerTable::fill(Row& row, const Customer& record, std::string& document) {
    row.id = record.id;
    row.kind = customer_kind_name(record.kind);
    row.document = std::move(document);
    row.keys = listing_keys(record);
}

std::string ProductTable::name_of(const Product& record) {
    return fmt::format("product '{}'", record.id);
}
Result<std::string> ProductTable::check(const Product& record, SqlKeys) {
    return document_of<ProductTable>(record);
}
void ProductTable::fill(Row& row, const Product& record, std::string& document) {
    row.id = record.id;
    row.category = record.category;
    row.brand = record.brand;
    row.available = record.available ? 1 : 0;
    row.document = std::move(document);
    row.keys = listing_keys(record);
}

template <typename Table, typename Store>
Result<typename Table::Record> DocumentStoreSql<Table, Store>::parse(
    const std::string& document) const {
    const json form = json::parse(document, nullptr, false);
    if (form.is_discarded()) {
        return fail(ErrorCode::kCorrupt, "{}: a stored {} is not JSON", context_.name,
                    Table::kNoun);
    }
    auto record = Table::read(form);
    if (!record) {
        return fail(ErrorCode::kCorrupt, "{}: a stored {} cannot be read: {}", context_.name,
                    Table::kNoun, record.error().message);
    }
    return record;
}

template <typename Table, typename Store>
Result<typename Table::Record> DocumentStoreSql<Table, Store>::get(std::string_view id) {
    return guarded(context_, [&]() -> Result<Record> {
        auto query = get_.take(context_.session);
        query->id = id;
        const bool found = fetch_one(query->statement);
        const std::string document = std::move(query->document);
        get_.keep(std::move(query));
        if (!found) return fail(ErrorCode::kNotFound, "there is no {} '{}'", Table::kNoun, id);
        return parse(document);
    });
}

template <typename Table, typename Store>
Result<bool> DocumentStoreSql<Table, Store>::contains(std::string_view id) {
    return guarded(context_, [&]() -> Result<bool> {
        KeyFinder& finder = Table::key_finder(keys_);
        // Keys are forgotten at the start of each write only.
        if (!context_.writable) finder.forget();
        const auto key = finder.find(id);
        if (!key && key.error().code != ErrorCode::kNotFound) return fail(key.error());
        return key.has_value();
    });
}

template <typename Table, typename Store>
Result<std::vector<typename Table::Record>> DocumentStoreSql<Table, Store>::list(const Page& page) {
    return guarded(context_, [&]() -> Result<std::vector<Record>> {
        auto query = list_.take(context_.session);
        query->after = page.after;
        query->limit = static_cast<long long>(
            std::min<std::size_t>(page.limit, std::numeric_limits<long long>::max()));
        std::vector<Record> records;
        bool found = query->statement.execute(true);
        for (; found; found = query->statement.fetch()) {
            ATTUNE_ASSIGN(Record record, parse(query->document));
            records.push_back(std::move(record));
        }
        list_.keep(std::move(query));
        return records;
    });
}

template <typename Table, typename Store>
Result<SortedPage<typename Table::Record>> DocumentStoreSql<Table, Store>::find(
    const typename Table::Query& query) {
    ATTUNE_ASSIGN(const ListingPage page, list_sorted(context_, query));
    SortedPage<Record> found;
    for (const std::string& document : page.documents) {
        ATTUNE_ASSIGN(Record record, parse(document));
        found.records.push_back(std::move(record));
    }
    found.next = page.next;
    return found;
}

template <typename Table, typename Store>
Result<std::size_t> DocumentStoreSql<Table, Store>::count(const typename Table::Query& query) {
    return count_listed(context_, query);
}

template class DocumentStoreSql<CustomerTable, CustomerStore>;
template class DocumentStoreSql<ProductTable, ProductStore>;

Status CustomerStoreSql::remove(std::string_view id) {
    const std::string removed_id(id);
    ATTUNE_ASSIGN(
        const std::size_t num_removed,
        change_rows(context_, "DELETE FROM customers WHERE id = :id", soci::use(removed_id, "id")));
    if (num_removed == 0) return fail(ErrorCode::kNotFound, "there is no customer '{}'", id);
    ATTUNE_TRY(change_rows(context_, "DELETE FROM decisions WHERE customer_id = :id",
                           soci::use(removed_id, "id")));
    keys_.customers.forget();
    ++context_.num_changes;
    return {};
}

Result<std::vector<ProductFacet>> ProductStoreSql::categories() {
    return list_facets(context_, "category");
}

Result<std::vector<ProductFacet>> ProductStoreSql::brands() {
    return list_facets(context_, "brand");
}

Status ProductStoreSql::remove(std::string_view id) {
    ATTUNE_TRY(check_writable(context_));
    const std::string removed_id(id);
    ATTUNE_ASSIGN(const bool used,
                  has_rows(context_,
                           "SELECT 1 FROM products p JOIN events e "
                           "ON e.product_key = p.product_key WHERE p.id = :id LIMIT 1",
                           soci::use(removed_id, "id")));
    if (used) {
        return fail(ErrorCode::kConflict,
                    "events refer to product '{}'; mark it as not available instead", id);
    }
    ATTUNE_ASSIGN(
        const std::size_t num_removed,
        change_rows(context_, "DELETE FROM products WHERE id = :id", soci::use(removed_id, "id")));
    if (num_removed == 0) return fail(ErrorCode::kNotFound, "there is no product '{}'", id);
    keys_.products.forget();
    ++context_.num_changes;
    return {};
}

}  // namespace attune
