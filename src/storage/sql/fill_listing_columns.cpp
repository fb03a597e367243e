#include "storage/sql/fill_listing_columns.hpp"

#include <vector>

#include "storage/sql/document_table.hpp"

namespace attune {
namespace {

constexpr long long kBatch = 1'000;

struct StoredDocument {
    long long key = 0;
    std::string document;
};

/// The documents after `after`, in order of their keys.
std::vector<StoredDocument> next_batch(soci::session& session, const std::string& select,
                                       long long after) {
    StoredDocument row;
    soci::statement statement =
        prepare(session, select, soci::use(after, "after"), soci::use(kBatch, "batch"),
                soci::into(row.key), soci::into(row.document));
    std::vector<StoredDocument> batch;
    for (bool found = statement.execute(true); found; found = statement.fetch()) {
        batch.push_back(row);
    }
    return batch;
}

/// Reads each document and updates its row. `Table` gives the record, `set` the columns.
template <typename Table, typename Set>
Status fill(soci::session& session, const std::string& select, const Set& set) {
    long long after = 0;
    for (;;) {
        const auto batch = next_batch(session, select, after);
        if (batch.empty()) return {};
        for (const StoredDocument& stored : batch) {
            const auto form = nlohmann::json::parse(stored.document, nullptr, false);
            if (form.is_discarded()) {
                return fail(ErrorCode::kCorrupt, "a stored {} is not JSON", Table::kNoun);
            }
            const auto record = Table::read(form);
            if (!record) {
                return fail(ErrorCode::kCorrupt, "a stored {} cannot be read: {}", Table::kNoun,
                            record.error().message);
            }
            set(*record, stored.key);
        }
        after = batch.back().key;
    }
}

Status fill_customers(soci::session& session) {
    CustomerKeys keys;
    long long key = 0;
    soci::statement update = prepare(
        session,
        "UPDATE customers SET name_key = :name, location_key = :location, age = :age, "
        "search_text = :search WHERE customer_key = :key",
        soci::use(keys.name, "name"), soci::use(keys.location, "location"),
        soci::use(keys.age, "age"), soci::use(keys.search_text, "search"), soci::use(key, "key"));
    return fill<CustomerTable>(
        session,
        "SELECT customer_key, document FROM customers WHERE customer_key > :after "
        "ORDER BY customer_key LIMIT :batch",
        [&](const Customer& customer, long long customer_key) {
            keys = listing_keys(customer);
            key = customer_key;
            update.execute(true);
        });
}

Status fill_products(soci::session& session) {
    ProductKeys keys;
    std::string brand;
    int available = 1;
    long long key = 0;
    soci::statement update = prepare(
        session,
        "UPDATE products SET name_key = :name, brand = :brand, available = :available, "
        "search_text = :search WHERE product_key = :key",
        soci::use(keys.name, "name"), soci::use(brand, "brand"), soci::use(available, "available"),
        soci::use(keys.search_text, "search"), soci::use(key, "key"));
    return fill<ProductTable>(
        session,
        "SELECT product_key, document FROM products WHERE product_key > :after "
        "ORDER BY product_key LIMIT :batch",
        [&](const Product& product, long long product_key) {
            keys = listing_keys(product);
            brand = product.brand;
            available = product.available ? 1 : 0;
            key = product_key;
            update.execute(true);
        });
}

}  // namespace

Status fill_listing_columns(soci::session& session) {
    ATTUNE_TRY(fill_customers(session));
    return fill_products(session);
}

}  // namespace attune
