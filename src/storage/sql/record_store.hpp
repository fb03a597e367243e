#pragma once

#include "storage/sql/put_rows.hpp"

namespace attune {

/// A query whose rows are records of `Table`, with at most one parameter, a customer's id.
///   kSelect  the columns in the order of `define`, joined with customers as c
///   kOrder   the order within one customer
///   kCustomerOf  finds the customer's id of the record with the id :id; "": records have none
///   define(row, exchange)  calls `exchange` with each `into`
///   read(row) -> Result<Record>
template <typename Table>
struct RecordQuery {
    std::string customer_id;
    typename Table::Row row{};
    soci::statement statement;

    RecordQuery(soci::session& session, bool of_customer)
        : statement(Table::define(row, [&](const auto&... intos) {
              return of_customer
                         ? prepare(session,
                                   std::string(Table::kSelect) +
                                       " WHERE c.id = :customer_id ORDER BY " + Table::kOrder,
                                   soci::use(customer_id, "customer_id"), intos...)
                         : prepare(session,
                                   std::string(Table::kSelect) + " ORDER BY c.id, " + Table::kOrder,
                                   intos...);
          })) {}
};

/// Finds whose a record is.
struct CustomerOfQuery {
    std::string id;
    std::string customer_id;
    soci::statement statement;

    CustomerOfQuery(soci::session& session, const char* sql)
        : statement(prepare(session, sql, soci::use(id, "id"), soci::into(customer_id))) {}
};

/// Calls `visit` with each record that the query yields.
template <typename Table, typename Query, typename Visit>
Status visit_rows(const SqlContext& context, Query& query, const Visit& visit) {
    bool found = query.statement.execute(true);
    for (; found; found = query.statement.fetch()) {
        auto record = Table::read(query.row);
        if (!record) return fail(record.error().at(context.name));
        ATTUNE_TRY(visit(*record));
    }
    return {};
}

/// The port of the aggregates that are listed by customer.
template <typename Table>
class RecordStoreSql final : public RecordStore<typename Table::Record> {
 public:
    using Record = typename Table::Record;

    RecordStoreSql(SqlContext& context, SqlKeys keys) : context_(context), keys_(keys) {}

    Result<PutCounts> put(std::span<const Record> records) override {
        return put_rows<Table>(context_, keys_, put_, records);
    }

    Result<std::optional<std::string>> customer_of(std::string_view id) override {
        if (*Table::kCustomerOf == '\0') return std::optional<std::string>();
        return guarded(context_, [&]() -> Result<std::optional<std::string>> {
            auto query = customer_of_.take(context_.session, Table::kCustomerOf);
            query->id = id;
            std::optional<std::string> customer_id;
            if (fetch_one(query->statement)) customer_id = query->customer_id;
            customer_of_.keep(std::move(query));
            return customer_id;
        });
    }

    Result<std::vector<Record>> of_customer(std::string_view customer_id) override {
        return guarded(context_, [&]() -> Result<std::vector<Record>> {
            std::vector<Record> records;
            const auto collect = [&](Record& record) -> Status {
                records.push_back(std::move(record));
                return {};
            };
            auto query = of_customer_.take(context_.session, true);
            query->customer_id = customer_id;
            ATTUNE_TRY(visit_rows<Table>(context_, *query, collect));
            of_customer_.keep(std::move(query));
            return records;
        });
    }

    Status for_each(const std::function<Status(const Record&)>& visit) override {
        return guarded(context_, [&]() -> Status {
            auto query = all_.take(context_.session, false);
            ATTUNE_TRY(visit_rows<Table>(context_, *query, visit));
            all_.keep(std::move(query));
            return {};
        });
    }

    Result<std::size_t> count() override { return count_rows(context_, Table::kCount); }

 private:
    SqlContext& context_;
    SqlKeys keys_;
    KeptQuery<PutQuery<Table>> put_;
    KeptQuery<CustomerOfQuery> customer_of_;
    KeptQuery<RecordQuery<Table>> of_customer_;
    KeptQuery<RecordQuery<Table>> all_;
};

/// Validates `record` and finds its customer.
template <typename Record>
Result<RowKeys> check_of_customer(const Record& record, SqlKeys keys) {
    ATTUNE_TRY(validate(record));
    RowKeys found;
    ATTUNE_ASSIGN(found.customer, keys.customers.find(record.customer_id));
    return found;
}

/// A stored currency: three letters. @errors kCorrupt
Result<std::array<char, 3>> stored_currency(const std::string& text);

}  // namespace attune
