#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "http/message.hpp"

namespace attune {

/// A file of the web application, within the program. Made by scripts/embed_folder.py.
struct WebFile {
    std::string_view path;  ///< "/assets/index-1a2b3c.js"
    std::string_view content_type;
    std::string_view bytes;
    std::string_view gzip;  ///< the same, compressed; empty where that is no shorter
    std::string_view etag;
};

/// All of them, ascending by path.
std::span<const WebFile> web_files();

/// Whether a path is one of the interface, where what is not there is a problem and not a page.
bool is_api_path(std::string_view path);

/// The file of that path, or the application's page for a path that is one of its own: those
/// without an ending.
/// @param path  as it came, without the query
const WebFile* find_web_file(std::span<const WebFile> files, std::string_view path);

/// The answer with it, as the request's Accept-Encoding and If-None-Match ask.
HttpResponse web_file_response(const WebFile& file, const HttpRequest& request);

}  // namespace attune
