#pragma once

#include <cstddef>
#include <vector>

namespace attune {

/// Memory that begins at a cache line. What is large enough begins at a large page (2 MiB) and asks
/// the system for such pages: rows that are read in no order then miss the translation of
/// addresses far less often.
/// @errors std::bad_alloc
[[nodiscard]] void* allocate_aligned(std::size_t bytes);
/// @param bytes  as it was allocated with
void deallocate_aligned(void* memory, std::size_t bytes);

/// Memory as vector instructions like it best.
template <typename T>
struct AlignedAllocator {
    using value_type = T;

    AlignedAllocator() = default;
    template <typename U>
    AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(allocate_aligned(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) { deallocate_aligned(memory, count * sizeof(T)); }

    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace attune
