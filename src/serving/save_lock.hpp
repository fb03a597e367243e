#pragma once

#include <filesystem>

#include "core/result.hpp"

namespace attune {

/// Held by the one process that writes to a folder of models; the others wait. Ends with the
/// process, however that ends.
class SaveLock {
 public:
    /// @errors those of a file that cannot be made
    static Result<SaveLock> take(const std::filesystem::path& folder);

    ~SaveLock();
    SaveLock(SaveLock&& other) noexcept;
    SaveLock& operator=(SaveLock&&) = delete;

 private:
    explicit SaveLock(int file) : file_(file) {}

    int file_;
};

}  // namespace attune
