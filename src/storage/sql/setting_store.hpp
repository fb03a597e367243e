#pragma once

#include "storage/service_stores.hpp"
#include "storage/sql/context.hpp"

namespace attune {

class SettingStoreSql final : public SettingStore {
 public:
    explicit SettingStoreSql(SqlContext& context) : context_(context) {}

    Status put(const SettingOverride& setting) override;
    Result<std::vector<SettingOverride>> list() override;
    Status remove(std::string_view key) override;

 private:
    SqlContext& context_;
};

}  // namespace attune
