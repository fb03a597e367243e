#include "serving/save_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/file_error.hpp"

namespace attune {

Result<SaveLock> SaveLock::take(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "save.lock";
    SaveLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    int locked = lock.file_ < 0 ? -1 : 0;
    if (lock.file_ >= 0) {
        do {
            locked = ::flock(lock.file_, LOCK_EX);
        } while (locked != 0 && errno == EINTR);
    }
    if (locked == 0) return lock;
    const int number = errno;
    return fail(file_error_code(number), "{}: cannot be locked: {}", path.string(),
                std::strerror(number));
}

SaveLock::~SaveLock() {
    if (file_ >= 0) ::close(file_);
}

SaveLock::SaveLock(SaveLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

}  // namespace attune
