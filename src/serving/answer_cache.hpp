#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "serving/answer.hpp"

namespace attune {

struct AnswerCacheOptions {
    std::size_t max_bytes = 256U << 20U;  ///< 0: nothing is kept
};

/// The answers that were asked for last, by everything that they depend on: the customer and the
/// revision of their state, the generation of the serving model, the request. What changes gets
/// another key; what became old is never asked for again and goes first.
///
/// @threads every member may be called from many threads
class AnswerCache {
 public:
    explicit AnswerCache(const AnswerCacheOptions& options);

    /// Null: there is none that holds at `now`.
    [[nodiscard]] std::shared_ptr<const AnswerBody> find(const std::string& key, Timestamp now);
    void put(std::string key, std::shared_ptr<const AnswerBody> body);

    [[nodiscard]] std::uint64_t num_hits() const { return num_hits_.load(); }
    [[nodiscard]] std::uint64_t num_misses() const { return num_misses_.load(); }
    [[nodiscard]] std::size_t num_bytes() const;

 private:
    static constexpr std::size_t kNumShards = 16;
    struct Entry {
        std::string key;
        std::shared_ptr<const AnswerBody> body;
        std::size_t num_bytes = 0;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::list<Entry> entries;  ///< used last first
        std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;
        std::size_t num_bytes = 0;

        void erase(std::list<Entry>::iterator entry);
    };

    [[nodiscard]] Shard& shard_of(std::string_view key);

    std::size_t max_bytes_of_shard_;
    std::array<Shard, kNumShards> shards_;
    std::atomic<std::uint64_t> num_hits_{0};
    std::atomic<std::uint64_t> num_misses_{0};
};

/// What tells one request from another, but for who asks.
std::string request_key(const RecommendRequest& request);

}  // namespace attune
