#include "ingest/zip_archive.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace attune {
namespace {

using namespace std::string_view_literals;

// Record sizes and offsets of the zip format (APPNOTE 4.3.14 to 4.3.16).
constexpr auto kEndMagic = "PK\x05\x06"sv;
constexpr auto kEnd64LocatorMagic = "PK\x06\x07"sv;
constexpr auto kEnd64Magic = "PK\x06\x06"sv;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64LocatorBytes = 20;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kMaxCommentBytes = 65535;

std::uint64_t little_endian(std::string_view bytes, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i > 0; --i) {
        value = value << 8 | static_cast<unsigned char>(bytes[offset + i - 1]);
    }
    return value;
}

Status check_num_parts(std::uint64_t count) {
    if (count <= ZipArchive::kMaxParts) return {};
    return fail(ErrorCode::kLimitExceeded, "the archive has {} parts, at most {} are allowed",
                count, ZipArchive::kMaxParts);
}

/// Looks at the end record at `end` of `tail` and at the 64-bit one that it may have.
Status check_end_record(const InputFile& file, std::string_view tail, std::size_t end) {
    ATTUNE_TRY(check_num_parts(little_endian(tail, end + 10, 2) == 0xFFFF
                                   ? 0  // told by the 64-bit record, if at all
                                   : little_endian(tail, end + 10, 2)));
    if (end < kEnd64LocatorBytes) return {};
    const std::size_t locator = end - kEnd64LocatorBytes;
    if (tail.substr(locator, kEnd64LocatorMagic.size()) != kEnd64LocatorMagic) return {};
    std::vector<char> record(kEnd64Bytes);
    ATTUNE_ASSIGN(const std::size_t count,
                  file.read_at(little_endian(tail, locator + 8, 8) & INT64_MAX, record));
    const std::string_view bytes(record.data(), count);
    if (bytes.size() < kEnd64Bytes || !bytes.starts_with(kEnd64Magic)) return {};
    return check_num_parts(little_endian(bytes, 32, 8));
}

/// Every place that libzip may take for the end record is looked at.
Status check_directory(const InputFile& file) {
    const std::uint64_t wanted = kEnd64LocatorBytes + kEndBytes + kMaxCommentBytes;
    std::vector<char> buffer(static_cast<std::size_t>(std::min(wanted, file.size())));
    ATTUNE_ASSIGN(const std::size_t count, file.read_at(file.size() - buffer.size(), buffer));
    const std::string_view tail(buffer.data(), count);
    bool found = false;
    for (std::size_t at = tail.find(kEndMagic); at != std::string_view::npos;
         at = tail.find(kEndMagic, at + 1)) {
        if (at + kEndBytes > tail.size()) break;
        found = true;
        ATTUNE_TRY(check_end_record(file, tail, at));
    }
    if (found) return {};
    std::vector<char> start(4);
    ATTUNE_ASSIGN(const std::size_t start_count, file.read_at(0, start));
    if (std::string_view(start.data(), start_count) == "PK\x03\x04"sv) {
        return fail(ErrorCode::kCorrupt,
                    "is cut off: the archive's directory at its end is missing");
    }
    return fail(ErrorCode::kCorrupt, "is not an .xlsx workbook: not a zip archive");
}

std::string message_of(int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string message = zip_error_strerror(&error);
    zip_error_fini(&error);
    return message;
}

}  // namespace

Result<ZipArchive> ZipArchive::open(InputFile file, const ReaderLimits& limits) {
    ATTUNE_TRY(check_directory(file));
    const int descriptor = file.release();
    int code = 0;
    zip_t* archive = zip_fdopen(descriptor, 0, &code);
    if (archive == nullptr) {
        ::close(descriptor);
        return fail(ErrorCode::kCorrupt, "is not a sound zip archive: {}", message_of(code));
    }
    return ZipArchive(archive, limits);
}

Result<std::unique_ptr<ZipPart>> ZipArchive::open_part(const std::string& name,
                                                       std::uint64_t max_bytes) {
    const zip_int64_t position = zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE);
    if (position < 0) return std::unique_ptr<ZipPart>();
    const auto index = static_cast<zip_uint64_t>(position);
    zip_stat_t info;
    zip_stat_init(&info);
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(archive_.get(), index, 0, &info) != 0 || (info.valid & kNeeded) != kNeeded) {
        return fail(ErrorCode::kCorrupt, "part {}: its directory entry is damaged", name);
    }
    if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE) {
        return fail(ErrorCode::kInvalidArgument,
                    "part {} is protected by a password; save the workbook without one", name);
    }
    // What it declares is believed only against it; what comes out is counted in `read`.
    ExpansionGuard declared(info.comp_size, limits_, max_bytes);
    if (const Status fits = declared.add(info.size); !fits) {
        return fail(fits.error().at("part " + name));
    }
    zip_file_t* part = zip_fopen_index(archive_.get(), index, 0);
    if (part == nullptr) {
        return fail(ErrorCode::kCorrupt, "part {} cannot be unpacked: {}", name,
                    zip_strerror(archive_.get()));
    }
    return std::unique_ptr<ZipPart>(
        new ZipPart(part, info.size, ExpansionGuard(info.comp_size, limits_, max_bytes)));
}

Result<std::size_t> ZipPart::read(std::span<char> target) {
    const zip_int64_t count = zip_fread(file_.get(), target.data(), target.size());
    if (count < 0) {
        return fail(ErrorCode::kCorrupt, "is damaged: {}", zip_file_strerror(file_.get()));
    }
    ATTUNE_TRY(guard_.add(static_cast<std::uint64_t>(count)));
    const bool at_end = count == 0;
    if (guard_.unpacked() > size_ || (at_end && guard_.unpacked() < size_)) {
        return fail(ErrorCode::kCorrupt, "is damaged: it declares {} bytes and has {}", size_,
                    at_end ? "fewer" : "more");
    }
    return static_cast<std::size_t>(count);
}

double ZipPart::progress() const {
    if (size_ == 0) return 1.0;
    return std::min(1.0, static_cast<double>(guard_.unpacked()) / static_cast<double>(size_));
}

}  // namespace attune
