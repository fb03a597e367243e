#include "serving/engagement_table.hpp"

#include <cmath>
#include <limits>

#include "core/assert.hpp"

namespace attune {
namespace {

// Marks a slot that nobody has.
constexpr double kFree = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::atomic<double>& EngagementTable::at(Slot slot) {
    return (*chunks_[slot / kChunk].load(std::memory_order_acquire))[slot % kChunk];
}

EngagementTable::Slot EngagementTable::take() {
    const std::lock_guard lock(mutex_);
    Slot slot = 0;
    if (!free_.empty()) {
        slot = free_.back();
        free_.pop_back();
    } else {
        if (num_slots_ % kChunk == 0) {
            ATTUNE_ASSERT(owned_.size() < kMostChunks);
            auto chunk = std::make_unique<Chunk>();
            for (std::atomic<double>& score : *chunk) score.store(kFree);
            chunks_[owned_.size()].store(chunk.get(), std::memory_order_release);
            owned_.push_back(std::move(chunk));
            num_chunks_.store(owned_.size(), std::memory_order_release);
        }
        slot = static_cast<Slot>(num_slots_++);
    }
    at(slot).store(0, std::memory_order_relaxed);
    return slot;
}

void EngagementTable::give(Slot slot) {
    const std::lock_guard lock(mutex_);
    at(slot).store(kFree, std::memory_order_relaxed);
    free_.push_back(slot);
}

void EngagementTable::set(Slot slot, double score) {
    at(slot).store(score, std::memory_order_relaxed);
}

std::vector<double> EngagementTable::values() const {
    const std::size_t num_chunks = num_chunks_.load(std::memory_order_acquire);
    std::vector<double> values;
    values.reserve(num_chunks * kChunk);
    for (std::size_t c = 0; c < num_chunks; ++c) {
        for (const std::atomic<double>& score : *chunks_[c].load(std::memory_order_acquire)) {
            const double value = score.load(std::memory_order_relaxed);
            if (!std::isnan(value)) values.push_back(value);
        }
    }
    return values;
}

}  // namespace attune
