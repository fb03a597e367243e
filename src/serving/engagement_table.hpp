#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace attune {

/// The engagement of every customer at the reference time, side by side, so that one score can be
/// compared with all others in one pass over plain numbers.
///
/// @threads  every member may be called from many threads; `values` waits for nobody who sets
class EngagementTable {
 public:
    using Slot = std::uint32_t;

    Slot take();           ///< a slot with the score 0
    void give(Slot slot);  ///< @pre it was taken and not given back
    void set(Slot slot, double score);
    /// The scores of the taken slots, in no order.
    [[nodiscard]] std::vector<double> values() const;

 private:
    static constexpr std::size_t kChunk = 4096;
    static constexpr std::size_t kMostChunks = 65'536;  // 268 million customers
    using Chunk = std::array<std::atomic<double>, kChunk>;

    [[nodiscard]] std::atomic<double>& at(Slot slot);

    std::mutex mutex_;  ///< of what follows, but not of the scores
    std::vector<std::unique_ptr<Chunk>> owned_;
    std::vector<Slot> free_;
    std::size_t num_slots_ = 0;
    std::vector<std::atomic<Chunk*>> chunks_ = std::vector<std::atomic<Chunk*>>(kMostChunks);
    std::atomic<std::size_t> num_chunks_{0};
};

}  // namespace attune
