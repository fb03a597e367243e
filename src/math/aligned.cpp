#include "math/aligned.hpp"

#include <sys/mman.h>

#include <new>

namespace attune {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kLargePage = 2U << 20U;

std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t{bytes < 2 * kLargePage ? kCacheLine : kLargePage};
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
    void* memory = ::operator new(bytes, alignment_of(bytes));
    // Only advice: without such pages it is as right, and slower.
    if (bytes >= 2 * kLargePage) {
        madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
    }
    return memory;
}

void deallocate_aligned(void* memory, std::size_t bytes) {
    ::operator delete(memory, alignment_of(bytes));
}

}  // namespace attune
