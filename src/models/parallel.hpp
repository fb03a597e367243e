#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"

namespace attune {

/// Calls `body(begin, end, thread)` on chunks that cover [0, count), on all threads, and between
/// blocks of chunks tells `progress` and looks whether to stop.
/// @param done_before  what earlier loops of the stage have done already
/// @errors kCancelled
inline Status for_blocks(ThreadPool& pool, Progress& progress, std::size_t count,
                         std::size_t done_before,
                         const std::function<void(std::size_t, std::size_t, std::size_t)>& body) {
    constexpr std::size_t kBlock = 8192;
    constexpr std::size_t kChunk = 32;
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
        if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the training was stopped");
        const std::size_t size = std::min(kBlock, count - begin);
        pool.parallel_for(size, kChunk,
                          [&](std::size_t first, std::size_t last, std::size_t thread) {
                              body(begin + first, begin + last, thread);
                          });
        progress.advance(done_before + begin + size);
    }
    return {};
}

}  // namespace attune
