#pragma once

#include "storage/sql/record_store.hpp"

/// How transactions, posts, household relations and consents are laid out. CROSS JOIN fixes the
/// order of the loops, so that SQLite streams in the order asked for instead of sorting.
namespace attune {

struct TransactionTable {
    using Record = Transaction;
    using Checked = RowKeys;
    struct Row {
        long long customer_key = 0;
        std::string customer_id;
        std::string id;
        long long time_ms = 0;
        long long amount_minor = 0;
        std::string currency;
        std::string category;
        std::string counterparty;
        std::string description;
    };
    static constexpr const char* kInsert =
        "INSERT INTO transactions (customer_key, id, time_ms, amount_minor, currency, category, "
        "counterparty, description) VALUES (:customer_key, :id, :time_ms, :amount_minor, "
        ":currency, :category, :counterparty, :description) ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate =
        "UPDATE transactions SET customer_key = :customer_key, time_ms = :time_ms, "
        "amount_minor = :amount_minor, currency = :currency, category = :category, "
        "counterparty = :counterparty, description = :description WHERE id = :id AND "
        "(customer_key, time_ms, amount_minor, currency, category, counterparty, description) <> "
        "(:customer_key, :time_ms, :amount_minor, :currency, :category, :counterparty, "
        ":description)";
    static constexpr const char* kSelect =
        "SELECT c.id, t.id, t.time_ms, t.amount_minor, t.currency, t.category, t.counterparty, "
        "t.description FROM customers c CROSS JOIN transactions t "
        "ON t.customer_key = c.customer_key";
    static constexpr const char* kOrder = "t.time_ms, t.id";
    static constexpr const char* kCount = "SELECT count(*) FROM transactions";
    static constexpr const char* kCustomerOf =
        "SELECT c.id FROM transactions r JOIN customers c ON c.customer_key = r.customer_key "
        "WHERE r.id = :id";

    static std::string name_of(const Transaction& record);
    static Result<RowKeys> check(const Transaction& record, SqlKeys keys);
    static void fill(Row& row, const Transaction& record, const RowKeys& keys);
    static Result<Transaction> read(const Row& row);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        using soci::use;
        return exchange(use(row.customer_key, "customer_key"), use(row.id, "id"),
                        use(row.time_ms, "time_ms"), use(row.amount_minor, "amount_minor"),
                        use(row.currency, "currency"), use(row.category, "category"),
                        use(row.counterparty, "counterparty"), use(row.description, "description"));
    }
    template <typename Exchange>
    static soci::statement define(Row& row, const Exchange& exchange) {
        using soci::into;
        return exchange(into(row.customer_id), into(row.id), into(row.time_ms),
                        into(row.amount_minor), into(row.currency), into(row.category),
                        into(row.counterparty), into(row.description));
    }
};

struct PostTable {
    using Record = Post;
    using Checked = RowKeys;
    struct Row {
        long long customer_key = 0;
        std::string customer_id;
        std::string id;
        long long time_ms = 0;
        std::string channel;
        std::string text;
    };
    static constexpr const char* kInsert =
        "INSERT INTO posts (customer_key, id, time_ms, channel, text) VALUES (:customer_key, :id, "
        ":time_ms, :channel, :text) ON CONFLICT (id) DO NOTHING";
    static constexpr const char* kUpdate =
        "UPDATE posts SET customer_key = :customer_key, time_ms = :time_ms, channel = :channel, "
        "text = :text WHERE id = :id AND (customer_key, time_ms, channel, text) <> "
        "(:customer_key, :time_ms, :channel, :text)";
    static constexpr const char* kSelect =
        "SELECT c.id, p.id, p.time_ms, p.channel, p.text FROM customers c CROSS JOIN posts p "
        "ON p.customer_key = c.customer_key";
    static constexpr const char* kOrder = "p.time_ms, p.id";
    static constexpr const char* kCount = "SELECT count(*) FROM posts";
    static constexpr const char* kCustomerOf =
        "SELECT c.id FROM posts r JOIN customers c ON c.customer_key = r.customer_key "
        "WHERE r.id = :id";

    static std::string name_of(const Post& record);
    static Result<RowKeys> check(const Post& record, SqlKeys keys);
    static void fill(Row& row, const Post& record, const RowKeys& keys);
    static Result<Post> read(const Row& row);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        using soci::use;
        return exchange(use(row.customer_key, "customer_key"), use(row.id, "id"),
                        use(row.time_ms, "time_ms"), use(row.channel, "channel"),
                        use(row.text, "text"));
    }
    template <typename Exchange>
    static soci::statement define(Row& row, const Exchange& exchange) {
        using soci::into;
        return exchange(into(row.customer_id), into(row.id), into(row.time_ms), into(row.channel),
                        into(row.text));
    }
};

/// A pair of customers may stand in several relations; all three fields are the key.
struct HouseholdTable {
    using Record = HouseholdRelation;
    using Checked = RowKeys;
    struct Row {
        long long customer_key = 0;
        long long related_key = 0;
        std::string customer_id;
        std::string related_id;
        std::string relation;
    };
    static constexpr const char* kInsert =
        "INSERT INTO household_relations (customer_key, related_key, relation) "
        "VALUES (:customer_key, :related_key, :relation) ON CONFLICT DO NOTHING";
    static constexpr const char* kUpdate = "";
    static constexpr const char* kSelect =
        "SELECT c.id, r.id, h.relation FROM customers c CROSS JOIN household_relations h "
        "ON h.customer_key = c.customer_key CROSS JOIN customers r "
        "ON r.customer_key = h.related_key";
    static constexpr const char* kOrder = "r.id, h.relation";
    static constexpr const char* kCount = "SELECT count(*) FROM household_relations";
    static constexpr const char* kCustomerOf = "";

    static std::string name_of(const HouseholdRelation& record);
    static Result<RowKeys> check(const HouseholdRelation& record, SqlKeys keys);
    static void fill(Row& row, const HouseholdRelation& record, const RowKeys& keys);
    static Result<HouseholdRelation> read(const Row& row);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        return exchange(soci::use(row.customer_key, "customer_key"),
                        soci::use(row.related_key, "related_key"),
                        soci::use(row.relation, "relation"));
    }
    template <typename Exchange>
    static soci::statement define(Row& row, const Exchange& exchange) {
        return exchange(soci::into(row.customer_id), soci::into(row.related_id),
                        soci::into(row.relation));
    }
};

/// Decisions are only ever added, so that the history stays. Of two of one instant the refusal
/// comes last, and so holds.
struct ConsentTable {
    using Record = Consent;
    using Checked = RowKeys;
    struct Row {
        long long customer_key = 0;
        std::string customer_id;
        std::string purpose;
        long long time_ms = 0;
        int granted = 0;
        std::string source;
    };
    static constexpr const char* kInsert =
        "INSERT INTO consents (customer_key, time_ms, granted, purpose, source) VALUES "
        "(:customer_key, :time_ms, :granted, :purpose, :source) ON CONFLICT DO NOTHING";
    static constexpr const char* kUpdate = "";
    static constexpr const char* kSelect =
        "SELECT c.id, s.purpose, s.time_ms, s.granted, s.source FROM customers c "
        "CROSS JOIN consents s ON s.customer_key = c.customer_key";
    static constexpr const char* kOrder = "s.time_ms, s.granted DESC, s.purpose, s.source";
    static constexpr const char* kCount = "SELECT count(*) FROM consents";
    static constexpr const char* kCustomerOf = "";

    static std::string name_of(const Consent& record);
    static Result<RowKeys> check(const Consent& record, SqlKeys keys);
    static void fill(Row& row, const Consent& record, const RowKeys& keys);
    static Result<Consent> read(const Row& row);
    template <typename Exchange>
    static soci::statement bind(Row& row, const Exchange& exchange) {
        using soci::use;
        return exchange(use(row.customer_key, "customer_key"), use(row.time_ms, "time_ms"),
                        use(row.granted, "granted"), use(row.purpose, "purpose"),
                        use(row.source, "source"));
    }
    template <typename Exchange>
    static soci::statement define(Row& row, const Exchange& exchange) {
        using soci::into;
        return exchange(into(row.customer_id), into(row.purpose), into(row.time_ms),
                        into(row.granted), into(row.source));
    }
};

using TransactionStoreSql = RecordStoreSql<TransactionTable>;
using PostStoreSql = RecordStoreSql<PostTable>;
using HouseholdStoreSql = RecordStoreSql<HouseholdTable>;
using ConsentStoreSql = RecordStoreSql<ConsentTable>;

extern template class RecordStoreSql<TransactionTable>;
extern template class RecordStoreSql<PostTable>;
extern template class RecordStoreSql<HouseholdTable>;
extern template class RecordStoreSql<ConsentTable>;

}  // namespace attune
