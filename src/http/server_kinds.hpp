#pragma once

#include "http/server.hpp"

namespace attune {

/// One source for each kind of socket: they are slow to compile.
Result<std::unique_ptr<HttpServer>> start_plain_server(const HttpServerOptions& options,
                                                       RequestSink sink, ConnectionLog log);
Result<std::unique_ptr<HttpServer>> start_tls_server(const HttpServerOptions& options,
                                                     RequestSink sink, ConnectionLog log);

}  // namespace attune
