#pragma once

#include "storage/service_stores.hpp"
#include "storage/sql/context.hpp"

namespace attune {

class IdempotencyStoreSql final : public IdempotencyStore {
 public:
    explicit IdempotencyStoreSql(SqlContext& context) : context_(context) {}

    Result<std::optional<IdempotencyRecord>> put_if_absent(const IdempotencyRecord& record,
                                                           Timestamp oldest) override;
    Result<std::optional<IdempotencyRecord>> find(std::string_view principal,
                                                  std::string_view key) override;
    Result<std::size_t> purge(Timestamp time, std::size_t limit) override;

 private:
    SqlContext& context_;
};

}  // namespace attune
