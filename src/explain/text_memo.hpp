#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace attune {

/// Texts that were rendered before, by all that they depend on. Most customers are told the same of
/// a product ("Popular: 56 % of customers hold it"), and putting it together costs more than
/// finding it.
///
/// @threads every member may be called from many threads
class TextMemo {
 public:
    /// @param max_texts  a part of the memo that holds its share of them is emptied
    explicit TextMemo(std::size_t max_texts) : max_texts_of_shard_(max_texts / kNumShards + 1) {}

    /// The text of the key; `make` makes it where it is not there.
    template <typename Make>
    std::string get(std::string key, const Make& make) {
        Shard& shard = shard_of(key);
        {
            const std::lock_guard lock(shard.mutex);
            if (const auto found = shard.texts.find(key); found != shard.texts.end()) {
                return found->second;
            }
        }
        std::string text = make();
        const std::lock_guard lock(shard.mutex);
        if (shard.texts.size() >= max_texts_of_shard_) shard.texts.clear();
        shard.texts.emplace(std::move(key), text);
        return text;
    }

 private:
    static constexpr std::size_t kNumShards = 16;
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, std::string> texts;
    };

    Shard& shard_of(const std::string& key) {
        return shards_[std::hash<std::string>{}(key) / 64 % kNumShards];
    }

    std::size_t max_texts_of_shard_;
    std::array<Shard, kNumShards> shards_;
};

}  // namespace attune
