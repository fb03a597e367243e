#include "ingest/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/file_error.hpp"

namespace attune {
namespace {

std::string_view kind_name(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

Status check_regular(const struct stat& info) {
    if (S_ISREG(info.st_mode)) return {};
    return fail(ErrorCode::kNotAFile, "is {}; give a regular file", kind_name(info.st_mode));
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
    struct stat info {};
    // Looked at before it is opened: opening a device may have effects, a pipe may block.
    if (::stat(path.c_str(), &info) != 0) {
        return fail(file_error_code(errno), "cannot be opened: {}", std::strerror(errno));
    }
    ATTUNE_TRY(check_regular(info));
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return fail(file_error_code(errno), "cannot be opened: {}", std::strerror(errno));
    }
    InputFile file(descriptor, 0);
    if (::fstat(descriptor, &info) != 0) {
        return fail(ErrorCode::kUnavailable, "cannot be read: {}", std::strerror(errno));
    }
    ATTUNE_TRY(check_regular(info));
    if (info.st_size == 0) return fail(ErrorCode::kEmptyInput, "is empty");
    file.size_ = static_cast<std::uint64_t>(info.st_size);
    return file;
}

InputFile::InputFile(InputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    return *this;
}

InputFile::~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::size_t> InputFile::read_at(std::uint64_t offset, std::span<char> target) const {
    std::size_t filled = 0;
    while (filled < target.size()) {
        const ssize_t count = ::pread(descriptor_, target.data() + filled, target.size() - filled,
                                      static_cast<off_t>(offset + filled));
        if (count == 0) break;
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail(ErrorCode::kUnavailable, "cannot be read: {}", std::strerror(errno));
        }
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

int InputFile::release() {
    return std::exchange(descriptor_, -1);
}

}  // namespace attune
