#pragma once

#include <span>
#include <string_view>

namespace attune {

/// Words that English text is full of whatever it is about, lower case, ascending.
/// Contractions are there without and with their apostrophe's rest ("don't").
std::span<const std::string_view> english_stop_words();

}  // namespace attune
