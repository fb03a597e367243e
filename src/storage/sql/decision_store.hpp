#pragma once

#include "storage/decision_store.hpp"
#include "storage/sql/context.hpp"

namespace attune {

/// The text of the query behind `list`, for pages of that shape.
std::string decision_query_sql(const NewestFirst& page);

class DecisionStoreSql final : public DecisionStore {
 public:
    explicit DecisionStoreSql(SqlContext& context) : context_(context) {}

    Result<std::size_t> append(std::span<const Decision> decisions) override;
    Result<Decision> get(std::string_view id) override;
    Result<std::vector<Decision>> list(const NewestFirst& page) override;
    Result<std::size_t> count() override;
    Result<std::vector<std::size_t>> count_by_day(const DayRange& days) override;
    Result<std::size_t> purge(Timestamp time, std::size_t limit) override;

 private:
    struct Insert {
        Decision row{};
        long long time_ms = 0;
        long long latency_us = 0;
        int cached = 0;
        soci::statement statement;
        explicit Insert(soci::session& session);
    };

    SqlContext& context_;
    KeptQuery<Insert> insert_;
};

}  // namespace attune
