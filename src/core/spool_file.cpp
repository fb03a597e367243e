#include "core/spool_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/file_error.hpp"

namespace attune {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

using Length = std::uint64_t;  // before each entry

}  // namespace

Result<SpoolFile> SpoolFile::create(const std::filesystem::path& folder) {
    const auto failed = [&](int number) {
        return fail(file_error_code(number), "{}: no temporary file can be made there: {}",
                    folder.string(), std::strerror(number));
    };
    std::string path = (folder / ".attune-spool-XXXXXX").string();
    const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
    if (descriptor < 0) return failed(errno);
    SpoolFile file(descriptor, folder);
    if (::unlink(path.c_str()) != 0) return failed(errno);
    return file;
}

SpoolFile::~SpoolFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      folder_(std::move(other.folder_)),
      buffer_(std::move(other.buffer_)),
      num_written_(other.num_written_),
      num_entries_(other.num_entries_) {}

SpoolFile& SpoolFile::operator=(SpoolFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(folder_, other.folder_);
    std::swap(buffer_, other.buffer_);
    std::swap(num_written_, other.num_written_);
    std::swap(num_entries_, other.num_entries_);
    return *this;
}

Result<std::uint64_t> SpoolFile::append(std::string_view entry) {
    if (buffer_.size() >= kBufferBytes) ATTUNE_TRY(flush());
    const std::uint64_t place = num_written_ + buffer_.size();
    const Length length = entry.size();
    buffer_.append(reinterpret_cast<const char*>(&length), sizeof length);
    buffer_.append(entry);
    ++num_entries_;
    return place;
}

Status SpoolFile::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
        const ssize_t count =
            ::pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(num_written_));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            return fail(ErrorCode::kUnavailable, "{}: the temporary file cannot be written: {}",
                        folder_.string(), std::strerror(errno));
        }
        num_written_ += static_cast<std::uint64_t>(count);
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    buffer_.clear();
    return {};
}

Status SpoolFile::read_at(std::uint64_t offset, char* target, std::size_t size) const {
    while (size > 0) {
        const ssize_t count = ::pread(descriptor_, target, size, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            return fail(ErrorCode::kUnavailable, "{}: the temporary file cannot be read: {}",
                        folder_.string(), std::strerror(errno));
        }
        if (count == 0) {
            return fail(ErrorCode::kCorrupt, "{}: the temporary file ends before it should",
                        folder_.string());
        }
        offset += static_cast<std::uint64_t>(count);
        target += count;
        size -= static_cast<std::size_t>(count);
    }
    return {};
}

Result<std::string> SpoolFile::at(std::uint64_t place) {
    if (place >= num_written_) ATTUNE_TRY(flush());
    Length length = 0;
    ATTUNE_TRY(read_at(place, reinterpret_cast<char*>(&length), sizeof length));
    std::string entry(length, '\0');
    ATTUNE_TRY(read_at(place + sizeof length, entry.data(), entry.size()));
    return entry;
}

/// The part of the file that is in memory, going from its beginning to its end.
class SpoolFile::Window {
 public:
    explicit Window(const SpoolFile& file) : file_(file) {}

    [[nodiscard]] bool at_end() const {
        return next_ == file_.num_written_ && taken_ == bytes_.size();
    }

    /// The next bytes. @lifetime  until the next call
    Result<std::string_view> take(std::size_t size) {
        if (bytes_.size() - taken_ < size) ATTUNE_TRY(fill(size));
        const std::string_view bytes = std::string_view(bytes_).substr(taken_, size);
        taken_ += size;
        return bytes;
    }

 private:
    Status fill(std::size_t size) {
        bytes_.erase(0, taken_);
        taken_ = 0;
        const std::size_t kept = bytes_.size();
        const std::size_t more =
            std::min<std::uint64_t>(std::max(size, kBufferBytes), file_.num_written_ - next_);
        bytes_.resize(kept + more);
        ATTUNE_TRY(file_.read_at(next_, bytes_.data() + kept, more));
        next_ += more;
        return {};
    }

    const SpoolFile& file_;
    std::string bytes_;
    std::size_t taken_ = 0;   ///< of `bytes_`
    std::uint64_t next_ = 0;  ///< in the file, after `bytes_`
};

Status SpoolFile::for_each(const std::function<Status(std::string_view entry)>& visit) {
    ATTUNE_TRY(flush());
    Window window(*this);
    while (!window.at_end()) {
        ATTUNE_ASSIGN(const std::string_view prefix, window.take(sizeof(Length)));
        Length length = 0;
        std::memcpy(&length, prefix.data(), sizeof length);
        ATTUNE_ASSIGN(const std::string_view entry, window.take(length));
        ATTUNE_TRY(visit(entry));
    }
    return {};
}

}  // namespace attune
