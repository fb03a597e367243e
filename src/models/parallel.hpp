#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"

namespace attune {

/// How a loop is cut up: chunks are handed to threads, and between blocks progress is told.
struct LoopSizes {
    std::size_t block = 8192;
    std::size_t chunk = 32;
};

/// Calls `body(begin, end, thread)` on chunks that cover [0, count), on all threads, and between
/// blocks of chunks tells `progress` and looks whether to stop.
/// @param done_before  what earlier loops of the stage have done already
/// @errors kCancelled
inline Status for_blocks(ThreadPool& pool, Progress& progress, std::size_t count,
                         std::size_t done_before,
                         const std::function<void(std::size_t, std::size_t, std::size_t)>& body,
                         LoopSizes sizes = {}) {
    for (std::size_t begin = 0; begin < count; begin += sizes.block) {
        if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the training was stopped");
        const std::size_t size = std::min(sizes.block, count - begin);
        pool.parallel_for(size, sizes.chunk,
                          [&](std::size_t first, std::size_t last, std::size_t thread) {
                              body(begin + first, begin + last, thread);
                          });
        progress.advance(done_before + begin + size);
    }
    return {};
}

}  // namespace attune
