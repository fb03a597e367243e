#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// A file that appears under its name only when it is whole: it is written beside it under a
/// temporary name, synced and renamed by `commit`; destroyed before that, it leaves nothing.
class OutputFile {
 public:
    /// @errors kNotFound: no such folder; kForbidden; kNotAFile: the name is a directory's;
    ///         kUnavailable
    static Result<OutputFile> create(const std::filesystem::path& path);

    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&& other) noexcept;
    ~OutputFile();

    /// @errors kUnavailable: the disk is full or fails
    Status write(std::string_view bytes);
    Status commit();

    /// Where it is until `commit`, for libraries that write by name.
    [[nodiscard]] const std::filesystem::path& temporary_path() const { return temporary_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    OutputFile() = default;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

}  // namespace attune
