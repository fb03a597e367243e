#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/problem.hpp"

namespace attune {

/// One field of a form.
struct FormPart {
    std::string name;
    std::string file_name;  ///< empty: no file
    std::string_view body;
};

/// The fields of a multipart/form-data body (RFC 7578), in their order.
/// Problems: 415 for another media type; 400 for a body that is none, or has more than 20 fields.
/// @lifetime  the bodies point into the request's
OrProblem<std::vector<FormPart>> read_form(const HttpRequest& request);

}  // namespace attune
