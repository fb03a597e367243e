#pragma once

#include <array>

#include "storage/sql/record_store.hpp"

namespace attune {

struct EventTable {
    using Record = Event;
    using Checked = RowKeys;
    struct Row {
        long long customer_key = 0;
        long long product_key = 0;
        std::string customer_id;
        std::string product_id;
        std::string id;
        int type = 0;
        long long time_ms = 0;
        double quantity = 1;
        long long price_minor = 0;
        std::string price_currency;
        soci::indicator has_price = soci::i_null;
        std::string context;
    };
    static constexpr const char* kInsert =
        "INSERT INTO events (customer_key, product_key, id, type, time_ms, quantity, price_minor, "
        "price_currency, context) VALUES (:customer_key, :product_key, :id, :type, :time_ms, "
        ":quantity, :price_minor, :price_currency, :context) ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate = "";
    static constexpr const char* kColumns =
        "c.id, p.id, e.id, e.type, e.time_ms, e.quantity, e.price_minor, e.price_currency, "
        "e.context";
    static constexpr const char* kCount = "SELECT count(*) FROM events";

    static std::string name_of(const Event& record);
    static Result<RowKeys> check(const Event& record, SqlKeys keys);
    static void fill(Row& row, const Event& record, const RowKeys& keys);
    static Result<Event> read(const Row& row);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        using soci::use;
        return exchange(
            use(row.customer_key, "customer_key"), use(row.product_key, "product_key"),
            use(row.id, "id"), use(row.type, "type"), use(row.time_ms, "time_ms"),
            use(row.quantity, "quantity"), use(row.price_minor, row.has_price, "price_minor"),
            use(row.price_currency, row.has_price, "price_currency"), use(row.context, "context"));
    }
};

/// The text of the query behind `for_each`, for one of four shapes.
std::string event_query_sql(bool of_customer, bool newest_first);

/// The text of the query behind `newest`, for pages of that shape.
std::string newest_events_sql(const NewestFirst& page);

/// The text of the query behind `accepted_by_day`.
std::string accepted_events_sql();

class EventStoreSql final : public EventStore {
 public:
    EventStoreSql(SqlContext& context, SqlKeys keys) : context_(context), keys_(keys) {}

    Result<PutCounts> append(std::span<const Event> events) override {
        return put_rows<EventTable>(context_, keys_, put_, events);
    }
    Status for_each(const EventFilter& filter,
                    const std::function<Status(const Event&)>& visit) override;
    Result<std::vector<Event>> newest(const NewestFirst& page) override;
    Result<std::vector<std::size_t>> accepted_by_day(const DayRange& days) override;
    Result<std::size_t> count() override { return count_rows(context_, EventTable::kCount); }

 private:
    struct Query {
        std::string customer_id;
        long long from_ms = 0;
        long long until_ms = 0;
        long long limit = 0;
        EventTable::Row row{};
        soci::indicator has_currency = soci::i_null;
        soci::statement statement;
        Query(soci::session& session, bool of_customer, bool newest_first);
        soci::statement make(soci::session& session, bool of_customer, bool newest_first);
    };

    SqlContext& context_;
    SqlKeys keys_;
    KeptQuery<PutQuery<EventTable>> put_;
    std::array<KeptQuery<Query>, 4> queries_;
};

}  // namespace attune
