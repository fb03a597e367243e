#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// Texts and bytes that are too many for the memory, on their way from one step of long work to the
/// next. The file has no name: it goes with the object, and also when the program is killed.
///
/// @threads  used by one at a time
class SpoolFile {
 public:
    /// @errors kNotFound, kForbidden: of the folder; kUnavailable
    static Result<SpoolFile> create(const std::filesystem::path& folder);
    ~SpoolFile();
    SpoolFile(SpoolFile&& other) noexcept;
    SpoolFile& operator=(SpoolFile&& other) noexcept;

    /// Adds an entry and returns its place, for `at`. @errors kUnavailable: the disk is full
    Result<std::uint64_t> append(std::string_view entry);
    /// The entry at a place that `append` gave. @errors kUnavailable, kCorrupt: reading failed
    Result<std::string> at(std::uint64_t place);
    /// Calls `visit` with each entry in the order of their coming, and returns its first error.
    /// @lifetime  the entry lives until `visit` returns
    /// @errors    those of `visit`, and as `at`
    Status for_each(const std::function<Status(std::string_view entry)>& visit);

    [[nodiscard]] std::uint64_t num_entries() const { return num_entries_; }

 private:
    SpoolFile(int descriptor, std::filesystem::path folder)
        : descriptor_(descriptor), folder_(std::move(folder)) {}

    class Window;
    Status flush();
    Status read_at(std::uint64_t offset, char* target, std::size_t size) const;

    int descriptor_;
    std::filesystem::path folder_;  ///< for messages
    std::string buffer_;            ///< the end, which is not in the file yet
    std::uint64_t num_written_ = 0;
    std::uint64_t num_entries_ = 0;
};

}  // namespace attune
