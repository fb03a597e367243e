#include "storage/sql/event_store.hpp"

#include <algorithm>
#include <limits>

#include "storage/sql/newest_first.hpp"

namespace attune {
namespace {

constexpr long long kUnbounded = std::numeric_limits<long long>::max();

// CROSS JOIN fixes the order of the loops, so that SQLite streams in the order asked for.
constexpr const char* kByCustomer =
    "customers c CROSS JOIN events e ON e.customer_key = c.customer_key "
    "CROSS JOIN products p ON p.product_key = e.product_key";
constexpr const char* kByTime =
    "events e CROSS JOIN customers c ON c.customer_key = e.customer_key "
    "CROSS JOIN products p ON p.product_key = e.product_key";

}  // namespace

std::string EventTable::name_of(const Event& record) {
    return fmt::format("event '{}'", record.id);
}

Result<RowKeys> EventTable::check(const Event& record, SqlKeys keys) {
    ATTUNE_ASSIGN(RowKeys found, check_of_customer(record, keys));
    ATTUNE_ASSIGN(found.other, keys.products.find(record.product_id));
    return found;
}

void EventTable::fill(Row& row, const Event& record, const RowKeys& keys) {
    row.customer_key = keys.customer;
    row.product_key = keys.other;
    row.id = record.id;
    row.type = static_cast<int>(record.type);
    row.time_ms = record.time.ms;
    row.quantity = record.quantity;
    row.has_price = record.unit_price ? soci::i_ok : soci::i_null;
    if (record.unit_price) {
        row.price_minor = record.unit_price->minor;
        row.price_currency = record.unit_price->currency_code();
    }
    row.context = record.context;
}

Result<Event> EventTable::read(const Row& row) {
    const auto type = std::find_if(kEventTypes.begin(), kEventTypes.end(), [&](EventType known) {
        return static_cast<int>(known) == row.type;
    });
    if (type == kEventTypes.end()) {
        return fail(ErrorCode::kCorrupt, "event '{}' has the unknown type {}", row.id, row.type);
    }
    Event event{.id = row.id,
                .customer_id = row.customer_id,
                .product_id = row.product_id,
                .type = *type,
                .time = Timestamp{row.time_ms},
                .quantity = row.quantity,
                .unit_price = {},
                .context = row.context};
    if (row.has_price == soci::i_ok) {
        ATTUNE_ASSIGN(const auto currency, stored_currency(row.price_currency));
        event.unit_price = Money{row.price_minor, currency};
    }
    return event;
}

std::string event_query_sql(bool of_customer, bool newest_first) {
    return fmt::format(
        "SELECT {} FROM {} WHERE e.time_ms >= :from_ms AND e.time_ms < :until_ms{} ORDER BY {}{} "
        "LIMIT :limit",
        EventTable::kColumns, kByCustomer, of_customer ? " AND c.id = :customer_id" : "",
        of_customer ? "" : "c.id, ",
        newest_first ? "e.time_ms DESC, e.id DESC" : "e.time_ms, e.id");
}

std::string newest_events_sql(const NewestFirst& page) {
    // Few customers: their events are read and sorted, instead of all to find theirs.
    const bool of_some = page.customer_id || page.assigned_to;
    return fmt::format(
        "SELECT {} FROM {}{}", EventTable::kColumns, of_some ? kByCustomer : kByTime,
        newest_first_sql(
            page, {.customer_column = "c.id", .time_column = "e.time_ms", .id_column = "e.id"}));
}

// As the index of them has it (events_that_accept), literally: a back end takes an index of some
// rows only where it sees that the query asks for no others.
std::string accepted_events_sql() {
    static_assert(static_cast<int>(EventType::kPurchase) == 4 && kDecisionContext == "decision:");
    return "SELECT (newest_ms - :first_ms) / 86400000 AS day, count(*) FROM ("
           "SELECT max(time_ms) AS newest_ms FROM events WHERE type = 4 "
           "AND context >= 'decision:' AND context < 'decision;' AND time_ms >= :first_ms "
           "GROUP BY context) AS accepted WHERE newest_ms < :until_ms GROUP BY day";
}

EventStoreSql::Query::Query(soci::session& session, bool of_customer, bool newest_first)
    : statement(make(session, of_customer, newest_first)) {}

soci::statement EventStoreSql::Query::make(soci::session& session, bool of_customer,
                                           bool newest_first) {
    using soci::into;
    using soci::use;
    const auto prepare_with = [&](const auto&... more) {
        return prepare(session, event_query_sql(of_customer, newest_first), use(from_ms, "from_ms"),
                       use(until_ms, "until_ms"), use(limit, "limit"), more...,
                       into(row.customer_id), into(row.product_id), into(row.id), into(row.type),
                       into(row.time_ms), into(row.quantity), into(row.price_minor, row.has_price),
                       into(row.price_currency, has_currency), into(row.context));
    };
    return of_customer ? prepare_with(use(customer_id, "customer_id")) : prepare_with();
}

Status EventStoreSql::for_each(const EventFilter& filter,
                               const std::function<Status(const Event&)>& visit) {
    return guarded(context_, [&]() -> Status {
        const bool of_customer = filter.customer_id.has_value();
        auto& kept = queries_[(of_customer ? 2U : 0U) + (filter.newest_first ? 1U : 0U)];
        auto query = kept.take(context_.session, of_customer, filter.newest_first);
        query->customer_id = filter.customer_id.value_or("");
        query->from_ms = filter.from ? filter.from->ms : std::numeric_limits<long long>::min();
        query->until_ms = filter.until ? filter.until->ms : kUnbounded;
        query->limit = kUnbounded;
        if (filter.limit > 0) {
            query->limit = static_cast<long long>(std::min<std::size_t>(filter.limit, kUnbounded));
        }
        ATTUNE_TRY(visit_rows<EventTable>(context_, *query, visit));
        kept.keep(std::move(query));
        return {};
    });
}

Result<std::vector<Event>> EventStoreSql::newest(const NewestFirst& page) {
    using soci::into;
    EventTable::Row row;
    soci::indicator has_currency = soci::i_null;
    std::vector<Event> events;
    const auto collect = [&]() -> Status {
        auto event = EventTable::read(row);
        if (!event) return fail(event.error().at(context_.name));
        events.push_back(std::move(*event));
        return {};
    };
    ATTUNE_TRY(each_newest(context_, newest_events_sql(page), page, collect, into(row.customer_id),
                           into(row.product_id), into(row.id), into(row.type), into(row.time_ms),
                           into(row.quantity), into(row.price_minor, row.has_price),
                           into(row.price_currency, has_currency), into(row.context)));
    return events;
}

Result<std::vector<std::size_t>> EventStoreSql::accepted_by_day(const DayRange& days) {
    using soci::into;
    using soci::use;
    const long long first_ms = days.first.ms;
    const long long until_ms = days.midnight(days.num_days).ms;
    long long day = 0;
    long long count = 0;
    std::vector<std::size_t> counts(days.num_days, 0);
    const auto collect = [&]() -> Status {
        counts[static_cast<std::size_t>(day)] = static_cast<std::size_t>(count);
        return {};
    };
    ATTUNE_TRY(each_row(context_, accepted_events_sql(), collect, use(first_ms, "first_ms"),
                        use(until_ms, "until_ms"), into(day), into(count)));
    return counts;
}

}  // namespace attune
