#include "http/web_files.hpp"

#include <algorithm>

namespace attune {
namespace {

// Names under /assets/ carry a hash of what is in them: they never change.
constexpr std::string_view kHashed = "/assets/";

bool accepts_gzip(const HttpRequest& request) {
    const auto accepted = request.header("accept-encoding");
    return accepted && accepted->find("gzip") != std::string_view::npos &&
           accepted->find("gzip;q=0") == std::string_view::npos;
}

}  // namespace

bool is_api_path(std::string_view path) {
    return path == "/api" || path.starts_with("/api/") || path == "/upload" || path == "/export" ||
           path == "/metrics" || path == "/healthz" || path == "/readyz";
}

const WebFile* find_web_file(std::span<const WebFile> files, std::string_view path) {
    const auto find = [&](std::string_view wanted) -> const WebFile* {
        const auto at = std::lower_bound(
            files.begin(), files.end(), wanted,
            [](const WebFile& file, std::string_view name) { return file.path < name; });
        return at != files.end() && at->path == wanted ? &*at : nullptr;
    };
    if (const WebFile* file = find(path)) return file;
    const std::string_view last = path.substr(path.rfind('/') + 1);
    if (last.find('.') != std::string_view::npos || path.starts_with(kHashed)) return nullptr;
    return find("/index.html");
}

HttpResponse web_file_response(const WebFile& file, const HttpRequest& request) {
    HttpResponse response;
    response.content_type = file.content_type;
    const bool gzip = !file.gzip.empty() && accepts_gzip(request);
    // The two forms are two representations: each has a tag of its own (RFC 9110).
    const std::string etag = "\"" + std::string(file.etag) + (gzip ? "-gz\"" : "\"");
    response.with("ETag", etag).with("Vary", "Accept-Encoding");
    response.with("Cache-Control", file.path.starts_with(kHashed)
                                       ? "public, max-age=31536000, immutable"
                                       : "no-cache");
    if (gzip) response.with("Content-Encoding", "gzip");
    const auto known = request.header("if-none-match");
    if (known && known->find(etag) != std::string_view::npos) {
        response.status = 304;
    }
    response.static_body = gzip ? file.gzip : file.bytes;
    return response;
}

}  // namespace attune
