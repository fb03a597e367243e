#include "serving/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/file_error.hpp"

namespace attune {

Result<FileLock> FileLock::take(const std::filesystem::path& path, int flags, int operation) {
    FileLock lock(::open(path.c_str(), flags | O_CLOEXEC, 0644));
    int locked = lock.file_ < 0 ? -1 : 0;
    if (lock.file_ >= 0) {
        do {
            locked = ::flock(lock.file_, operation);
        } while (locked != 0 && errno == EINTR);
    }
    if (locked == 0) return lock;
    const int number = errno;
    return fail(number == EWOULDBLOCK ? ErrorCode::kConflict : file_error_code(number),
                "{}: cannot be locked: {}", path.string(), std::strerror(number));
}

Result<FileLock> FileLock::wait_for(const std::filesystem::path& file) {
    return take(file, O_RDWR | O_CREAT, LOCK_EX);
}

Result<FileLock> FileLock::try_for(const std::filesystem::path& file) {
    return take(file, O_RDONLY | O_CREAT, LOCK_EX | LOCK_NB);
}

Result<FileLock> FileLock::try_take(const std::filesystem::path& file, Sharing sharing) {
    return take(file, O_RDONLY, (sharing == Sharing::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB);
}

FileLock::~FileLock() {
    if (file_ >= 0) ::close(file_);
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

}  // namespace attune
