#pragma once

#include <filesystem>

#include "core/result.hpp"

namespace attune {

/// A lock on a file, among processes and within one. Ends with the process, however that ends.
///
/// @source flock(2)
class FileLock {
 public:
    enum class Sharing { kShared, kExclusive };

    /// Takes the file for itself, and waits while others have it. Makes the file where there is
    /// none.
    /// @errors those of a file that cannot be made
    static Result<FileLock> wait_for(const std::filesystem::path& file);
    /// Does not wait. Makes the file where there is none.
    /// @errors kConflict: others have it; those of a file that cannot be made
    static Result<FileLock> try_for(const std::filesystem::path& file);
    /// Does not wait, and makes nothing.
    /// @errors kConflict: others have it; those of a file that cannot be read
    static Result<FileLock> try_take(const std::filesystem::path& file, Sharing sharing);

    ~FileLock();
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;

 private:
    explicit FileLock(int file) : file_(file) {}

    static Result<FileLock> take(const std::filesystem::path& path, int flags, int operation);

    int file_;
};

}  // namespace attune
