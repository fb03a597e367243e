#include "http/server_kinds.hpp"

#include "http/running_server.hpp"

namespace attune {

Result<std::unique_ptr<HttpServer>> start_plain_server(const HttpServerOptions& options,
                                                       RequestSink sink, ConnectionLog log) {
    auto server = std::make_unique<RunningServer<asio::ip::tcp::socket>>(options, std::move(sink));
    ATTUNE_TRY(server->open(options, std::move(log), [](auto&) {}));
    return server;
}

}  // namespace attune
