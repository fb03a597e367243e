#include "serving/answer_cache.hpp"

#include <fmt/format.h>

#include "core/hash.hpp"

namespace attune {
namespace {

// Of the list, the map and the shared pointer.
constexpr std::size_t kBytesOfEntry = 256;

void append(std::string& key, std::string_view part) {
    // With its length, so that no two requests read the same.
    fmt::format_to(std::back_inserter(key), "{}:{}", part.size(), part);
}

void append(std::string& key, const std::vector<std::string>& parts) {
    fmt::format_to(std::back_inserter(key), "{};", parts.size());
    for (const std::string& part : parts) append(key, part);
}

}  // namespace

std::size_t AnswerBody::num_bytes() const {
    std::size_t bytes = sizeof(AnswerBody) + customer_id.size() + purpose.size() +
                        model_version.size() + items_json.size() + stages_json.size() +
                        shortfall_json.size() + message.size() + decision_json.size();
    for (const ListedItem& item : items) {
        bytes += sizeof(ListedItem) + item.product_id.size() + item.name.size();
    }
    return bytes;
}

std::string request_key(const RecommendRequest& request) {
    std::string key;
    fmt::format_to(std::back_inserter(key), "{};{};", request.num_items,
                   request.explain == Explain::kYes ? 1 : 0);
    append(key, request.purpose);
    append(key, request.filter.categories);
    append(key, request.filter.brands);
    append(key, request.filter.excluded_ids);
    for (const Boost& boost : request.filter.boosts) {
        append(key, boost.subject);
        fmt::format_to(std::back_inserter(key), "{};", boost.factor);
    }
    return key;
}

AnswerCache::AnswerCache(const AnswerCacheOptions& options)
    : max_bytes_of_shard_(options.max_bytes / kNumShards) {}

AnswerCache::Shard& AnswerCache::shard_of(std::string_view key) {
    return shards_[hash64(key) % kNumShards];
}

void AnswerCache::Shard::erase(std::list<Entry>::iterator entry) {
    num_bytes -= entry->num_bytes;
    by_key.erase(entry->key);
    entries.erase(entry);
}

std::shared_ptr<const AnswerBody> AnswerCache::find(const std::string& key, Timestamp now) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) {
        num_misses_.fetch_add(1, std::memory_order_relaxed);
        return nullptr;
    }
    const auto entry = found->second;
    if (entry->body->valid_until && now >= *entry->body->valid_until) {
        shard.erase(entry);
        num_misses_.fetch_add(1, std::memory_order_relaxed);
        return nullptr;
    }
    shard.entries.splice(shard.entries.begin(), shard.entries, entry);
    num_hits_.fetch_add(1, std::memory_order_relaxed);
    return entry->body;
}

void AnswerCache::put(std::string key, std::shared_ptr<const AnswerBody> body) {
    const std::size_t num_bytes = body->num_bytes() + key.size() + kBytesOfEntry;
    if (num_bytes > max_bytes_of_shard_) return;
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
        shard.erase(found->second);
    }
    while (shard.num_bytes + num_bytes > max_bytes_of_shard_) {
        shard.erase(std::prev(shard.entries.end()));
    }
    shard.entries.push_front({std::move(key), std::move(body), num_bytes});
    shard.by_key.emplace(shard.entries.front().key, shard.entries.begin());
    shard.num_bytes += num_bytes;
}

std::size_t AnswerCache::num_bytes() const {
    std::size_t bytes = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        bytes += shard.num_bytes;
    }
    return bytes;
}

}  // namespace attune
