#pragma once

#include <string>

#include "http/server.hpp"

namespace attune {

/// Answers in the place of the service while that is away for some seconds: /healthz and the files
/// of the web application as ever, all else with 503 and when to try again.
/// @param why  for people, a sentence without its end
RequestSink stand_in_sink(std::string why, bool secure);

}  // namespace attune
