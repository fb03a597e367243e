#include "core/file_error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace attune {

ErrorCode file_error_code(int number) {
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return ErrorCode::kNotFound;
        case EACCES:
        case EPERM:
        case EROFS:
            return ErrorCode::kForbidden;
        case EISDIR:
            return ErrorCode::kNotAFile;
        case ENAMETOOLONG:
        case ELOOP:
            return ErrorCode::kInvalidArgument;
        default:
            return ErrorCode::kUnavailable;
    }
}

Status check_can_be_written(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        return fail(ErrorCode::kNotAFile, "{}: is a folder; name a file", path.string());
    }
    const bool exists = fs::exists(path, ignored);
    const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    if (!exists && !fs::is_directory(folder, ignored)) {
        return fail(ErrorCode::kNotFound, "{}: there is no folder {}; make it first", path.string(),
                    folder.string());
    }
    const fs::path& asked = exists ? path : folder;
    if (::faccessat(AT_FDCWD, asked.c_str(), W_OK, AT_EACCESS) != 0) {
        const int number = errno;
        return fail(file_error_code(number), "{}: cannot be written: {}", path.string(),
                    std::strerror(number));
    }
    return {};
}

}  // namespace attune
