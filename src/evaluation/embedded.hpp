#pragma once

#include <string_view>

/// Files of this folder, and Chart.js, that the build puts into the program
/// (cmake/EmbedFile.cmake).
namespace attune::embedded {

std::string_view report_template();
std::string_view report_css();
std::string_view report_js();
std::string_view chart_js();

}  // namespace attune::embedded
