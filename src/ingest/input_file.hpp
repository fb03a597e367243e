#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "core/result.hpp"

namespace attune {

/// An open regular file, read front to back or at a position.
class InputFile {
 public:
    /// @errors kNotFound; kNotAFile: a directory, pipe, socket or device; kForbidden: no right to
    ///         read it; kEmptyInput: no bytes; kUnavailable: the system refuses otherwise
    static Result<InputFile> open(const std::filesystem::path& path);

    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&& other) noexcept;
    ~InputFile();

    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// Fills `target` from `offset` on as far as the file goes; returns the bytes read.
    /// @errors kUnavailable: the system cannot read
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> target) const;

    /// Gives the descriptor away; the caller closes it.
    int release();

 private:
    InputFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}

    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace attune
