#pragma once

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "storage/sql/put_rows.hpp"

namespace attune {

/// Tables of nouns that are kept as one JSON document beside their id: customers and products.
struct DocumentRow {
    std::string id;
    std::string facet;  ///< the kind of a customer, the category of a product
    std::string document;
};

struct CustomerTable {
    using Record = Customer;
    using Row = DocumentRow;
    using Checked = std::string;
    static constexpr const char* kInsert =
        "INSERT INTO customers (id, kind, document) VALUES (:id, :facet, :document) "
        "ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate =
        "UPDATE customers SET kind = :facet, document = :document "
        "WHERE id = :id AND document <> :document";
    static constexpr const char* kSelect = "SELECT document FROM customers";
    static constexpr const char* kCount = "SELECT count(*) FROM customers";
    static constexpr const char* kNoun = "customer";
    static KeyFinder& key_finder(SqlKeys keys) { return keys.customers; }

    static Result<Customer> read(const nlohmann::json& json) { return customer_from_json(json); }
    static std::string facet_of(const Customer& customer) {
        return std::string(customer_kind_name(customer.kind));
    }
    static std::string name_of(const Customer& record);
    static Result<std::string> check(const Customer& record, SqlKeys keys);
    static void fill(DocumentRow& row, const Customer& record, std::string& document);
    template <typename Exchange>
    static soci::statement bind(DocumentRow& row, const Exchange& exchange) {
        return exchange(soci::use(row.id, "id"), soci::use(row.facet, "facet"),
                        soci::use(row.document, "document"));
    }
};

struct ProductTable {
    using Record = Product;
    using Row = DocumentRow;
    using Checked = std::string;
    static constexpr const char* kInsert =
        "INSERT INTO products (id, category, document) VALUES (:id, :facet, :document) "
        "ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate =
        "UPDATE products SET category = :facet, document = :document "
        "WHERE id = :id AND document <> :document";
    static constexpr const char* kSelect = "SELECT document FROM products";
    static constexpr const char* kCount = "SELECT count(*) FROM products";
    static constexpr const char* kNoun = "product";
    static KeyFinder& key_finder(SqlKeys keys) { return keys.products; }

    static Result<Product> read(const nlohmann::json& json) { return product_from_json(json); }
    static std::string facet_of(const Product& product) { return product.category; }
    static std::string name_of(const Product& record);
    static Result<std::string> check(const Product& record, SqlKeys keys);
    static void fill(DocumentRow& row, const Product& record, std::string& document);
    template <typename Exchange>
    static soci::statement bind(DocumentRow& row, const Exchange& exchange) {
        return exchange(soci::use(row.id, "id"), soci::use(row.facet, "facet"),
                        soci::use(row.document, "document"));
    }
};

/// The queries of both; `Store` is the port.
template <typename Table, typename Store>
class DocumentStoreSql : public Store {
 public:
    using Record = typename Table::Record;

    DocumentStoreSql(SqlContext& context, SqlKeys keys) : context_(context), keys_(keys) {}

    Result<PutCounts> put(std::span<const Record> records) override {
        return put_rows<Table>(context_, keys_, put_, records);
    }
    Result<Record> get(std::string_view id) override;
    Result<bool> contains(std::string_view id) override;
    Result<std::vector<Record>> list(const Page& page) override;
    Result<std::size_t> count() override { return count_rows(context_, Table::kCount); }

 protected:
    struct GetQuery {
        std::string id;
        std::string document;
        soci::statement statement;
        explicit GetQuery(soci::session& session)
            : statement(prepare(session, std::string(Table::kSelect) + " WHERE id = :id",
                                soci::use(id, "id"), soci::into(document))) {}
    };
    struct ListQuery {
        std::string after;
        long long limit = 0;
        std::string document;
        soci::statement statement;
        explicit ListQuery(soci::session& session)
            : statement(prepare(
                  session,
                  std::string(Table::kSelect) + " WHERE id > :after ORDER BY id LIMIT :limit",
                  soci::use(after, "after"), soci::use(limit, "limit"), soci::into(document))) {}
    };

    Result<Record> parse(const std::string& document) const;

    SqlContext& context_;
    SqlKeys keys_;
    KeptQuery<PutQuery<Table>> put_;
    KeptQuery<GetQuery> get_;
    KeptQuery<ListQuery> list_;
};

class CustomerStoreSql final : public DocumentStoreSql<CustomerTable, CustomerStore> {
 public:
    using DocumentStoreSql::DocumentStoreSql;
    Status remove(std::string_view id) override;
};

using ProductStoreSql = DocumentStoreSql<ProductTable, ProductStore>;

extern template class DocumentStoreSql<CustomerTable, CustomerStore>;
extern template class DocumentStoreSql<ProductTable, ProductStore>;

}  // namespace attune
