#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace attune {

/// A place for something immutable that is replaced as a whole while others read it: who loaded it
/// keeps what they have for as long as they hold it.
///
/// @threads  every member may be called from many threads; the lock is held while a pointer is
///           copied, never while anything is made or destroyed
template <typename T>
class SharedSlot {
 public:
    /// May be null, where nothing was stored yet.
    [[nodiscard]] std::shared_ptr<const T> load() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }

    void store(std::shared_ptr<const T> value) {
        const std::lock_guard lock(mutex_);
        // The former value goes with the parameter, after the lock.
        std::swap(value_, value);
    }

 private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_;
};

}  // namespace attune
