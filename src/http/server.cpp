#include "http/server.hpp"

#include "http/server_kinds.hpp"

namespace attune {

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerOptions& options,
                                                      RequestSink sink, ConnectionLog log) {
    if (options.tls_certificate.empty() != options.tls_key.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "TLS needs both http.tls_certificate and http.tls_key, or neither");
    }
    if (options.tls_certificate.empty()) {
        return start_plain_server(options, std::move(sink), std::move(log));
    }
    return start_tls_server(options, std::move(sink), std::move(log));
}

}  // namespace attune
