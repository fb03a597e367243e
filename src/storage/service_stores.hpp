#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace attune {

/// The answer to a request that may be sent again, by who sent it and the key it came with.
struct IdempotencyRecord {
    std::string principal{};
    std::string key{};
    std::string request_hash{};  ///< tells another request under the same key
    int status = 0;
    std::string content_type{};
    std::string body{};
    Timestamp time{};

    friend bool operator==(const IdempotencyRecord&, const IdempotencyRecord&) = default;
};

/// Nothing here counts as a change of the data that models are trained on: Database::revision()
/// stays.
class IdempotencyStore {
 public:
    virtual ~IdempotencyStore() = default;
    /// Stores the record unless there is one of `oldest` or later for its principal and key, which
    /// is then returned; an older one is replaced.
    virtual Result<std::optional<IdempotencyRecord>> put_if_absent(const IdempotencyRecord& record,
                                                                   Timestamp oldest) = 0;
    virtual Result<std::optional<IdempotencyRecord>> find(std::string_view principal,
                                                          std::string_view key) = 0;
    /// Removes at most `limit` of those before `time`, oldest first; returns how many.
    virtual Result<std::size_t> purge(Timestamp time, std::size_t limit) = 0;
};

/// A key of the configuration that was set while the service runs.
struct SettingOverride {
    std::string key{};
    std::string value{};  ///< as text
    Timestamp changed_at{};
    std::string changed_by{};

    friend bool operator==(const SettingOverride&, const SettingOverride&) = default;
};

/// Nothing here counts as a change of the data that models are trained on: Database::revision()
/// stays.
class SettingStore {
 public:
    virtual ~SettingStore() = default;
    /// Adds the override or replaces it. @errors kInvalidArgument: an empty key
    virtual Status put(const SettingOverride& setting) = 0;
    /// All, by key.
    virtual Result<std::vector<SettingOverride>> list() = 0;
    /// @errors kNotFound
    virtual Status remove(std::string_view key) = 0;
};

}  // namespace attune
