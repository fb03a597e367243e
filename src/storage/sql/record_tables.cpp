#include "storage/sql/record_tables.hpp"

namespace attune {

std::string TransactionTable::name_of(const Transaction& record) {
    return fmt::format("transaction '{}'", record.id);
}

Result<RowKeys> TransactionTable::check(const Transaction& record, SqlKeys keys) {
    return check_of_customer(record, keys);
}

void TransactionTable::fill(Row& row, const Transaction& record, const RowKeys& keys) {
    row.customer_key = keys.customer;
    row.id = record.id;
    row.time_ms = record.time.ms;
    row.amount_minor = record.amount.minor;
    row.currency = record.amount.currency_code();
    row.category = record.category;
    row.counterparty = record.counterparty;
    row.description = record.description;
}

Result<Transaction> TransactionTable::read(const Row& row) {
    ATTUNE_ASSIGN(const auto currency, stored_currency(row.currency));
    return Transaction{.id = row.id,
                       .customer_id = row.customer_id,
                       .time = Timestamp{row.time_ms},
                       .amount = Money{row.amount_minor, currency},
                       .category = row.category,
                       .counterparty = row.counterparty,
                       .description = row.description};
}

std::string PostTable::name_of(const Post& record) {
    return fmt::format("post '{}'", record.id);
}

Result<RowKeys> PostTable::check(const Post& record, SqlKeys keys) {
    return check_of_customer(record, keys);
}

void PostTable::fill(Row& row, const Post& record, const RowKeys& keys) {
    row.customer_key = keys.customer;
    row.id = record.id;
    row.time_ms = record.time.ms;
    row.channel = record.channel;
    row.text = record.text;
}

Result<Post> PostTable::read(const Row& row) {
    return Post{row.id, row.customer_id, Timestamp{row.time_ms}, row.channel, row.text};
}

std::string HouseholdTable::name_of(const HouseholdRelation& record) {
    return fmt::format("relation of '{}' to '{}'", record.customer_id, record.related_id);
}

Result<RowKeys> HouseholdTable::check(const HouseholdRelation& record, SqlKeys keys) {
    ATTUNE_ASSIGN(RowKeys found, check_of_customer(record, keys));
    ATTUNE_ASSIGN(found.other, keys.customers.find(record.related_id));
    return found;
}

void HouseholdTable::fill(Row& row, const HouseholdRelation& record, const RowKeys& keys) {
    row.customer_key = keys.customer;
    row.related_key = keys.other;
    row.relation = record.relation;
}

Result<HouseholdRelation> HouseholdTable::read(const Row& row) {
    return HouseholdRelation{row.customer_id, row.related_id, row.relation};
}

std::string ConsentTable::name_of(const Consent& record) {
    return fmt::format("consent of '{}'", record.customer_id);
}

Result<RowKeys> ConsentTable::check(const Consent& record, SqlKeys keys) {
    return check_of_customer(record, keys);
}

void ConsentTable::fill(Row& row, const Consent& record, const RowKeys& keys) {
    row.customer_key = keys.customer;
    row.purpose = record.purpose;
    row.time_ms = record.time.ms;
    row.granted = record.granted ? 1 : 0;
    row.source = record.source;
}

Result<Consent> ConsentTable::read(const Row& row) {
    return Consent{row.customer_id, row.purpose, row.granted != 0, Timestamp{row.time_ms},
                   row.source};
}

template class RecordStoreSql<TransactionTable>;
template class RecordStoreSql<PostTable>;
template class RecordStoreSql<HouseholdTable>;
template class RecordStoreSql<ConsentTable>;

}  // namespace attune
