#include <openssl/ssl.h>

#include <restinio/all.hpp>
#include <restinio/tls.hpp>

#include "http/answering_socket.hpp"
#include "http/server.hpp"
#include "http/server_kinds.hpp"

namespace attune {

using TlsSocket = AnsweringSocket<restinio::impl::tls_socket_t>;

/// RESTinio's own sets no limit to a handshake; a peer that does not finish one is cut off.
template <typename Connection, typename Start, typename Failed>
void prepare_connection_and_start_read(TlsSocket& socket, Connection& connection, Start start,
                                       Failed failed) {
    if (const asio::error_code refused = socket.take_slot()) return failed(refused);
    auto timer = std::make_shared<asio::steady_timer>(socket.get_executor());
    timer->expires_after(std::chrono::seconds(10));
    // The handler keeps the connection, and with it the socket, until the timer is cancelled.
    timer->async_wait(
        [&socket, kept = connection.shared_from_this()](const asio::error_code& error) {
            asio::error_code ignored;
            if (!error) socket.lowest_layer().close(ignored);
        });
    socket.async_handshake(asio::ssl::stream_base::server,
                           [timer, start, failed,
                            kept = connection.shared_from_this()](const asio::error_code& error) {
                               timer->cancel();
                               if (error) return failed(error);
                               start();
                           });
}

}  // namespace attune

namespace restinio {

template <typename Settings>
class socket_type_dependent_settings_t<Settings, attune::TlsSocket>
    : public socket_type_dependent_settings_t<Settings, impl::tls_socket_t> {
 public:
    socket_type_dependent_settings_t() = default;
    socket_type_dependent_settings_t(socket_type_dependent_settings_t&&) = default;

 protected:
    ~socket_type_dependent_settings_t() = default;
};

namespace impl {

template <>
class socket_supplier_t<attune::TlsSocket> {
 protected:
    template <typename Settings>
    socket_supplier_t(Settings& settings, asio::io_context& context)
        : tls_context_(settings.giveaway_tls_context()), context_(context) {
        for (std::size_t i = 0; i < settings.concurrent_accepts_count(); ++i) {
            sockets_.emplace_back(context_, tls_context_);
        }
    }
    virtual ~socket_supplier_t() = default;

    attune::TlsSocket& socket(std::size_t index) { return sockets_.at(index); }
    auto move_socket(std::size_t index) {
        attune::TlsSocket fresh(context_, tls_context_);
        std::swap(fresh, sockets_.at(index));
        return fresh;
    }
    [[nodiscard]] std::size_t concurrent_accept_sockets_count() const { return sockets_.size(); }

 private:
    std::shared_ptr<asio::ssl::context> tls_context_;
    asio::io_context& context_;
    std::vector<attune::TlsSocket> sockets_;
};

}  // namespace impl
}  // namespace restinio

#include "http/running_server.hpp"

namespace attune {
namespace {

Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const HttpServerOptions& options) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    asio::error_code error;
    context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                             asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1,
                         error);
    context->use_certificate_chain_file(options.tls_certificate.string(), error);
    if (error) {
        return fail(ErrorCode::kInvalidArgument, "{}: no PEM certificate: {}",
                    options.tls_certificate.string(), error.message());
    }
    context->use_private_key_file(options.tls_key.string(), asio::ssl::context::pem, error);
    if (error) {
        return fail(ErrorCode::kInvalidArgument, "{}: no PEM key without a password: {}",
                    options.tls_key.string(), error.message());
    }
    if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
        return fail(ErrorCode::kInvalidArgument, "{} is not the key of {}",
                    options.tls_key.string(), options.tls_certificate.string());
    }
    return context;
}

}  // namespace

Status check_tls_files(const HttpServerOptions& options) {
    if (options.tls_certificate.empty()) return {};
    ATTUNE_TRY(make_tls_context(options));
    return {};
}

Result<std::unique_ptr<HttpServer>> start_tls_server(const HttpServerOptions& options,
                                                     RequestSink sink, ConnectionLog log) {
    ATTUNE_ASSIGN(const auto context, make_tls_context(options));
    auto server =
        std::make_unique<RunningServer<restinio::impl::tls_socket_t>>(options, std::move(sink));
    ATTUNE_TRY(server->open(options, std::move(log),
                            [&](auto& settings) { settings.tls_context(context); }));
    return server;
}

}  // namespace attune
