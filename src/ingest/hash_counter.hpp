#pragma once

#include <cstdint>
#include <vector>

#include "core/hash.hpp"

namespace attune {

/// Counts hashes in an open-addressing table: 20 bytes a slot, at most two thirds full.
class HashCounter {
 public:
    HashCounter();

    /// Counts the hash once more and returns how often it was counted, 1 for a new one.
    std::uint32_t add(const Hash128& hash);
    [[nodiscard]] bool contains(const Hash128& hash) const { return counts_[slot_of(hash)] != 0; }
    /// Number of different hashes.
    [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
    [[nodiscard]] std::size_t slot_of(const Hash128& hash) const;
    void grow();

    std::vector<Hash128> hashes_;
    std::vector<std::uint32_t> counts_;  ///< 0: the slot is free
    std::uint64_t size_ = 0;
};

}  // namespace attune
