#pragma once

#include <filesystem>

#include "core/result.hpp"

namespace attune {

/// The kind of error that a failed call on a file stands for, from its errno: the same kind
/// wherever it happens, so that a missing folder ends every command with the same status.
ErrorCode file_error_code(int number);

/// Refuses a path that a file could not be written to, before long work is done for it. Makes and
/// changes nothing.
/// @errors kNotFound: the folder is missing; kNotAFile: a folder; kForbidden: no right to write
Status check_can_be_written(const std::filesystem::path& path);

}  // namespace attune
