#include "ingest/hash_counter.hpp"

#include <limits>
#include <utility>

namespace attune {
namespace {

constexpr std::size_t kFirstSlots = 1024;

}  // namespace

HashCounter::HashCounter() : hashes_(kFirstSlots), counts_(kFirstSlots) {}

std::size_t HashCounter::slot_of(const Hash128& hash) const {
    const std::size_t mask = hashes_.size() - 1;
    std::size_t slot = hash.low & mask;
    while (counts_[slot] != 0 && hashes_[slot] != hash) slot = (slot + 1) & mask;
    return slot;
}

std::uint32_t HashCounter::add(const Hash128& hash) {
    std::size_t slot = slot_of(hash);
    if (counts_[slot] == 0) {
        if ((size_ + 1) * 3 > hashes_.size() * 2) {
            grow();
            slot = slot_of(hash);
        }
        hashes_[slot] = hash;
        ++size_;
    }
    if (counts_[slot] < std::numeric_limits<std::uint32_t>::max()) ++counts_[slot];
    return counts_[slot];
}

void HashCounter::grow() {
    const std::vector<Hash128> hashes =
        std::exchange(hashes_, std::vector<Hash128>(hashes_.size() * 2));
    const std::vector<std::uint32_t> counts =
        std::exchange(counts_, std::vector<std::uint32_t>(counts_.size() * 2));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (counts[i] == 0) continue;
        const std::size_t slot = slot_of(hashes[i]);
        hashes_[slot] = hashes[i];
        counts_[slot] = counts[i];
    }
}

}  // namespace attune
