#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// Appends numbers, strings and arrays to a byte buffer, little-endian.
class BinaryWriter {
 public:
    template <typename T>
    requires std::is_arithmetic_v<T>
    void number(T value) { raw(&value, sizeof value); }

    void text(std::string_view value) {
        number<std::uint64_t>(value.size());
        raw(value.data(), value.size());
    }

    template <typename T>
    requires std::is_trivially_copyable_v<T>
    void array(std::span<const T> values) {
        number<std::uint64_t>(values.size());
        raw(values.data(), values.size_bytes());
    }
    template <typename T>
    void array(const std::vector<T>& values) {
        array(std::span<const T>(values));
    }

    void texts(const std::vector<std::string>& values) {
        number<std::uint64_t>(values.size());
        for (const std::string& value : values) text(value);
    }

    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    /// Begins anew; the memory serves again.
    void clear() { bytes_.clear(); }

 private:
    void raw(const void* data, std::size_t size) {
        bytes_.append(static_cast<const char*>(data), size);
    }

    std::string bytes_;
};

/// Reads back what BinaryWriter wrote. Every length is checked against what is left, so damaged
/// bytes give kCorrupt and never a wild read or a huge allocation. Once a read failed, all fail.
///
/// @lifetime  borrows the bytes; they must outlive the reader
class BinaryReader {
 public:
    explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

    template <typename T>
    requires std::is_arithmetic_v<T> T number() {
        T value{};
        raw(&value, sizeof value);
        return value;
    }

    std::string text() {
        const std::size_t size = length(1);
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }

    template <typename T>
    requires std::is_trivially_copyable_v<T> std::vector<T> array() {
        const std::size_t size = length(sizeof(T));
        std::vector<T> values(size);
        if (size > 0) raw(values.data(), size * sizeof(T));
        return values;
    }

    std::vector<std::string> texts() {
        // Each string takes at least its eight bytes of length.
        const std::size_t size = length(sizeof(std::uint64_t));
        std::vector<std::string> values;
        values.reserve(size);
        for (std::size_t i = 0; i < size && !failed_; ++i) values.push_back(text());
        return values;
    }

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    /// kCorrupt when a read went past the end.
    [[nodiscard]] Status status() const;

 private:
    void raw(void* target, std::size_t size);
    std::size_t length(std::size_t element_size);

    std::string_view rest_;
    bool failed_ = false;
};

/// Writes `payload` with a magic word, the format version and a checksum, through a temporary file
/// that is synced and renamed: a crash leaves the old file or the new one.
/// @errors kUnavailable: the file cannot be written
Status write_checked_file(const std::filesystem::path& path, std::string_view kind,
                          std::uint32_t version, std::string_view payload);

/// Reads the payload back.
/// @errors kNotFound: no such file; kCorrupt: not such a file, or damaged; kNewerFormat: its
///         version is above `newest_version`
Result<std::string> read_checked_file(const std::filesystem::path& path, std::string_view kind,
                                      std::uint32_t newest_version);

}  // namespace attune
