#include "storage/sql/setting_store.hpp"

#include "storage/sql/rows.hpp"

namespace attune {

using soci::into;
using soci::use;

Status SettingStoreSql::put(const SettingOverride& setting) {
    ATTUNE_TRY(check_not_empty("the key of a setting", setting.key));
    const long long changed_at_ms = setting.changed_at.ms;
    ATTUNE_TRY(change_rows(
        context_,
        "INSERT INTO setting_overrides (key, value, changed_at_ms, changed_by) VALUES (:key, "
        ":value, :changed_at_ms, :changed_by) ON CONFLICT (key) DO UPDATE SET "
        "value = excluded.value, changed_at_ms = excluded.changed_at_ms, "
        "changed_by = excluded.changed_by",
        use(setting.key, "key"), use(setting.value, "value"), use(changed_at_ms, "changed_at_ms"),
        use(setting.changed_by, "changed_by")));
    return {};
}

Result<std::vector<SettingOverride>> SettingStoreSql::list() {
    SettingOverride row;
    long long changed_at_ms = 0;
    std::vector<SettingOverride> settings;
    const auto collect = [&]() -> Status {
        row.changed_at = Timestamp{changed_at_ms};
        settings.push_back(row);
        return {};
    };
    ATTUNE_TRY(each_row(context_,
                        "SELECT key, value, changed_at_ms, changed_by FROM setting_overrides "
                        "ORDER BY key",
                        collect, into(row.key), into(row.value), into(changed_at_ms),
                        into(row.changed_by)));
    return settings;
}

Status SettingStoreSql::remove(std::string_view key) {
    const std::string removed(key);
    ATTUNE_ASSIGN(const std::size_t num_removed,
                  change_rows(context_, "DELETE FROM setting_overrides WHERE key = :key",
                              use(removed, "key")));
    if (num_removed > 0) return {};
    return fail(ErrorCode::kNotFound, "the setting '{}' is not overridden", key);
}

}  // namespace attune
