#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune {

enum class HttpMethod { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

std::string_view http_method_name(HttpMethod method);  ///< "GET"; "?" for kOther

using HttpHeader = std::pair<std::string_view, std::string_view>;

/// A request as it came over the wire, whole.
///
/// @lifetime  the views point into what `owner` keeps
struct HttpRequest {
    HttpMethod method = HttpMethod::kGet;
    std::string_view target;  ///< path and query, still percent-encoded
    std::vector<HttpHeader> headers;
    std::string_view body;
    std::string remote_address;  ///< of the peer, without the port
    bool secure = false;         ///< came over TLS
    std::shared_ptr<const void> owner;

    /// The value of the first header of that name, whatever its case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    /// The value of a cookie.
    [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

/// Where a body that is not there as a whole is written to.
///
/// @threads  one thread at a time; `written` is called on a thread of the server
class BodyWriter {
 public:
    virtual ~BodyWriter() = default;
    /// Sends a piece. `written` is called once, when the piece has left or the peer is gone: false.
    /// Until then no other piece may be written.
    virtual void write(std::string piece, std::function<void(bool ok)> written) = 0;
    /// Ends the body.
    virtual void finish() = 0;
};

/// Called once, after the headers are made; keeps the writer for as long as it writes. Not called
/// for HEAD, whose answer says only that there is a body in pieces.
using BodyProducer = std::function<void(std::shared_ptr<BodyWriter> writer)>;

/// An answer; a body either whole or produced in pieces.
struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// A body that lives longer than the answer, such as a file within the program; used instead of
    /// `body` when not empty.
    std::string_view static_body;
    BodyProducer producer;  ///< used instead of both when set
    bool close_connection = false;

    HttpResponse& with(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

/// "Not Found" and the like; "Status" for what is not known.
std::string_view http_reason_phrase(int status);

}  // namespace attune
