#pragma once

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "storage/sql/put_rows.hpp"
#include "storage/sql/search_text.hpp"

/// Tables of nouns that are kept as one JSON document beside their id and what they are listed by:
/// customers and products.
namespace attune {

struct CustomerTable {
    using Record = Customer;
    using Query = CustomerQuery;
    struct Row {
        std::string id;
        std::string kind;
        std::string document;
        CustomerKeys keys{};
    };
    using Checked = std::string;
    static constexpr const char* kInsert =
        "INSERT INTO customers (id, kind, document, name_key, location_key, age, search_text) "
        "VALUES (:id, :kind, :document, :name_key, :location_key, :age, :search_text) "
        "ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate =
        "UPDATE customers SET kind = :kind, document = :document, name_key = :name_key, "
        "location_key = :location_key, age = :age, search_text = :search_text "
        "WHERE id = :id AND document <> :document";
    static constexpr const char* kSelect = "SELECT document FROM customers";
    static constexpr const char* kCount = "SELECT count(*) FROM customers";
    static constexpr const char* kNoun = "customer";
    static KeyFinder& key_finder(SqlKeys keys) { return keys.customers; }

    static Result<Customer> read(const nlohmann::json& json) { return customer_from_json(json); }
    static std::string name_of(const Customer& record);
    static Result<std::string> check(const Customer& record, SqlKeys keys);
    static void fill(Row& row, const Customer& record, std::string& document);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        using soci::use;
        return exchange(use(row.id, "id"), use(row.kind, "kind"), use(row.document, "document"),
                        use(row.keys.name, "name_key"), use(row.keys.location, "location_key"),
                        use(row.keys.age, "age"), use(row.keys.search_text, "search_text"));
    }
};

struct ProductTable {
    using Record = Product;
    using Query = ProductQuery;
    struct Row {
        std::string id;
        std::string category;
        std::string brand;
        int available = 1;
        std::string document;
        ProductKeys keys{};
    };
    using Checked = std::string;
    static constexpr const char* kInsert =
        "INSERT INTO products (id, category, brand, available, document, name_key, search_text) "
        "VALUES (:id, :category, :brand, :available, :document, :name_key, :search_text) "
        "ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate =
        "UPDATE products SET category = :category, brand = :brand, available = :available, "
        "document = :document, name_key = :name_key, search_text = :search_text "
        "WHERE id = :id AND document <> :document";
    static constexpr const char* kSelect = "SELECT document FROM products";
    static constexpr const char* kCount = "SELECT count(*) FROM products";
    static constexpr const char* kNoun = "product";
    static KeyFinder& key_finder(SqlKeys keys) { return keys.products; }

    static Result<Product> read(const nlohmann::json& json) { return product_from_json(json); }
    static std::string name_of(const Product& record);
    static Result<std::string> check(const Product& record, SqlKeys keys);
    static void fill(Row& row, const Product& record, std::string& document);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        using soci::use;
        return exchange(use(row.id, "id"), use(row.category, "category"), use(row.brand, "brand"),
                        use(row.available, "available"), use(row.document, "document"),
                        use(row.keys.name, "name_key"), use(row.keys.search_text, "search_text"));
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
    Result<SortedPage<Record>> find(const typename Table::Query& query) override;
    Result<std::size_t> count(const typename Table::Query& query) override;
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

class ProductStoreSql final : public DocumentStoreSql<ProductTable, ProductStore> {
 public:
    using DocumentStoreSql::DocumentStoreSql;
    Result<std::vector<ProductFacet>> categories() override;
    Result<std::vector<ProductFacet>> brands() override;
    Status remove(std::string_view id) override;
};

extern template class DocumentStoreSql<CustomerTable, CustomerStore>;
extern template class DocumentStoreSql<ProductTable, ProductStore>;

}  // namespace attune
