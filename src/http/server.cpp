#include "http/server.hpp"

#include <sys/resource.h>

#include "http/server_kinds.hpp"

namespace attune {
namespace {

/// Files for all but connections: the store's, models, uploads, logs.
constexpr std::size_t kOtherFiles = 256;

/// Lowers the limit of connections to the files that the system lets this process have open: a
/// listener that cannot have another would not accept again.
Status fit_to_file_limit(HttpServerOptions& options, const ConnectionLog& log) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return {};
    if (files.rlim_cur <= kOtherFiles) {
        return fail(ErrorCode::kUnavailable,
                    "this process may have {} files open, of which {} are not for connections; "
                    "raise the limit (ulimit -n, or LimitNOFILE)",
                    files.rlim_cur, kOtherFiles);
    }
    const std::size_t most = files.rlim_cur - kOtherFiles;
    if (options.max_connections <= most) return {};
    if (log) {
        log(ConnectionRemark::kLimitLowered,
            fmt::format("http.max_connections: {} instead of {}, for this process may have {} "
                        "files open; raise the limit (ulimit -n, or LimitNOFILE)",
                        most, options.max_connections, files.rlim_cur));
    }
    options.max_connections = most;
    return {};
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, RequestSink sink,
                                                      ConnectionLog log) {
    if (options.tls_certificate.empty() != options.tls_key.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "TLS needs both http.tls_certificate and http.tls_key, or neither");
    }
    ATTUNE_TRY(fit_to_file_limit(options, log));
    if (options.tls_certificate.empty()) {
        return start_plain_server(options, std::move(sink), std::move(log));
    }
    return start_tls_server(options, std::move(sink), std::move(log));
}

}  // namespace attune
