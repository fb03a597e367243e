#include "ingest/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

#include "core/file_error.hpp"

namespace attune {
namespace {

constexpr int kMaxTries = 16;

tl::unexpected<Error> refuse(const std::filesystem::path& path) {
    const int number = errno;
    return fail(file_error_code(number), "{}: cannot be written: {}", path.string(),
                std::strerror(number));
}

std::filesystem::path temporary_name(const std::filesystem::path& path) {
    // Only has to be new, not to be repeatable.
    std::random_device device;
    std::filesystem::path name = path;
    name.replace_filename(fmt::format(".{}.{:08x}.tmp", path.filename().string(), device()));
    return name;
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored) &&
        !std::filesystem::is_regular_file(path, ignored)) {
        return fail(ErrorCode::kNotAFile, "{}: is there and not a regular file", path.string());
    }
    OutputFile file;
    file.path_ = path;
    for (int i = 0; i < kMaxTries && file.descriptor_ < 0; ++i) {
        file.temporary_ = temporary_name(path);
        file.descriptor_ =
            ::open(file.temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file.descriptor_ < 0 && errno != EEXIST) break;
    }
    if (file.descriptor_ < 0) return refuse(path);
    return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(temporary_, other.temporary_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

OutputFile::~OutputFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

Status OutputFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count < 0) {
            if (errno == EINTR) continue;
            return refuse(path_);
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Status OutputFile::commit() {
    if (::fsync(descriptor_) != 0) return refuse(path_);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return refuse(path_);
    ::close(std::exchange(descriptor_, -1));
    return {};
}

}  // namespace attune
