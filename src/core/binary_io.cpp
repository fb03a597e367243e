#include "core/binary_io.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/hash.hpp"

namespace attune {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

namespace {

constexpr std::string_view kMagic = "ATTUNE01";

Status write_all(int file, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            return fail(ErrorCode::kUnavailable, "{}: cannot write: {}", path.string(),
                        std::strerror(errno));
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

Status BinaryReader::status() const {
    if (failed_) return fail(ErrorCode::kCorrupt, "the data ends before it should");
    return {};
}

void BinaryReader::raw(void* target, std::size_t size) {
    if (failed_ || size > rest_.size()) {
        failed_ = true;
        return;
    }
    std::memcpy(target, rest_.data(), size);
    rest_.remove_prefix(size);
}

std::size_t BinaryReader::length(std::size_t element_size) {
    const auto size = number<std::uint64_t>();
    if (failed_ || size > rest_.size() / element_size) {
        failed_ = true;
        return 0;
    }
    return size;
}

Status write_checked_file(const std::filesystem::path& path, std::string_view kind,
                          std::uint32_t version, std::string_view payload) {
    BinaryWriter header;
    header.text(kMagic);
    header.text(kind);
    header.number(version);
    header.number(hash64(payload));
    header.number<std::uint64_t>(payload.size());

    const std::filesystem::path temporary = path.string() + ".tmp";
    const int file =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0) {
        return fail(ErrorCode::kUnavailable, "{}: cannot create: {}", temporary.string(),
                    std::strerror(errno));
    }
    Status written = write_all(file, header.bytes(), temporary);
    if (written) written = write_all(file, payload, temporary);
    if (written && ::fsync(file) != 0) {
        written = fail(ErrorCode::kUnavailable, "{}: cannot sync: {}", temporary.string(),
                       std::strerror(errno));
    }
    ::close(file);
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
        written = fail(ErrorCode::kUnavailable, "{}: cannot rename into place: {}", path.string(),
                       std::strerror(errno));
    }
    if (!written) ::unlink(temporary.c_str());
    return written;
}

Result<std::string> read_checked_file(const std::filesystem::path& path, std::string_view kind,
                                      std::uint32_t newest_version) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return fail(ErrorCode::kNotFound, "{}: no such file", path.string());
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};

    BinaryReader header(bytes);
    const std::string magic = header.text();
    const std::string found_kind = header.text();
    const auto version = header.number<std::uint32_t>();
    const auto checksum = header.number<std::uint64_t>();
    const auto size = header.number<std::uint64_t>();
    if (header.failed() || magic != kMagic || found_kind != kind) {
        return fail(ErrorCode::kCorrupt, "{}: not a file of kind '{}'", path.string(), kind);
    }
    if (version > newest_version) {
        return fail(ErrorCode::kNewerFormat,
                    "{}: written in format {}, this program reads up to {}; use a newer one",
                    path.string(), version, newest_version);
    }
    if (size > bytes.size() ||
        hash64(std::string_view(bytes).substr(bytes.size() - size)) != checksum) {
        return fail(ErrorCode::kCorrupt, "{}: is damaged: its checksum does not match",
                    path.string());
    }
    return bytes.substr(bytes.size() - size);
}

}  // namespace attune
