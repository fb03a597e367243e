#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/principal.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace attune {

/// Remembers values for a while, and never one that was read before it was told to forget it.
///
/// @threads  safe from many; a hit takes a shared lock
template <typename Value>
class FreshCache {
 public:
    FreshCache(std::int64_t max_age_s, std::size_t max_entries)
        : max_age_ms_(max_age_s * 1'000), max_entries_(max_entries) {}

    /// The value of `key`, by `load() -> Result<Value>` when none is remembered that is young
    /// enough. Errors are not remembered.
    template <typename Load>
    Result<std::shared_ptr<const Value>> get(std::string_view key, Timestamp now,
                                             const Load& load) {
        std::uint64_t generation = 0;
        {
            const std::shared_lock lock(mutex_);
            const auto found = entries_.find(key);
            // A clock that was set back makes entries look as if they came from the future.
            if (found != entries_.end() && now >= found->second.loaded_at &&
                now.ms - found->second.loaded_at.ms < max_age_ms_) {
                return found->second.value;
            }
            generation = generation_;
        }
        ATTUNE_ASSIGN(Value loaded, load());
        auto value = std::make_shared<const Value>(std::move(loaded));
        const std::unique_lock lock(mutex_);
        // Forgotten since: what was read may be what it was before the change.
        if (generation == generation_) {
            if (entries_.size() >= max_entries_) entries_.clear();
            entries_.insert_or_assign(std::string(key), Entry{value, now});
        }
        return std::shared_ptr<const Value>(std::move(value));
    }

    void forget(std::string_view key) {
        const std::unique_lock lock(mutex_);
        ++generation_;
        const auto found = entries_.find(key);
        if (found != entries_.end()) entries_.erase(found);
    }

    void forget_all() {
        const std::unique_lock lock(mutex_);
        ++generation_;
        entries_.clear();
    }

 private:
    struct Entry {
        std::shared_ptr<const Value> value;
        Timestamp loaded_at;
    };

    std::int64_t max_age_ms_;
    std::size_t max_entries_;
    std::shared_mutex mutex_;
    std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
    std::uint64_t generation_ = 0;
};

}  // namespace attune
