#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// What a template may name.
struct Vocabulary {
    std::set<std::string, std::less<>> names;  ///< variables and flags
    /// Lists by name; what stands inside such a section may name these too.
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> lists;
};

/// Looks through a Mustache template before it is used: tags are closed, sections are closed in
/// order, and only known names occur, each where it has a value. Partials, changed delimiters and
/// lambdas are not part of what a bank may write: a template reads no other file and does nothing
/// but place values.
/// @errors kInvalidArgument with the line: a tag that is not closed, a section closed in the wrong
///         order or not at all, an unknown name (lists the known ones), a partial, a delimiter
///         change, a template of blanks only
Status check_template(std::string_view text, const Vocabulary& vocabulary);

}  // namespace attune
