#pragma once

#include <filesystem>
#include <functional>

#include "core/result.hpp"
#include "http/message.hpp"

namespace attune {

/// A body that is a file, read in pieces as they are sent: memory stays bounded whatever its size.
/// @param when_done  called when it was sent or the peer is gone
/// @errors kNotFound, kUnavailable
Result<BodyProducer> file_body(const std::filesystem::path& file,
                               std::function<void()> when_done = {});

}  // namespace attune
