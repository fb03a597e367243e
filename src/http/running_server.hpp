#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "http/answering_socket.hpp"
#include "http/connection_support.hpp"
#include "http/exchange.hpp"
#include "http/server.hpp"

namespace attune {

template <typename Socket>
struct ServerTraits : restinio::default_traits_t {
    using logger_t = ConnectionLogger;
    using stream_socket_t = AnsweringSocket<Socket>;
    using http_methods_mapper_t = WithoutUpgrades;
};

/// An io_context that can be emptied while what its handlers refer to still stands: connections
/// that wait for something count themselves off when they go.
class EmptiableContext : public asio::io_context {
 public:
    /// Destroys all handlers. @pre no thread runs it
    void empty() { shutdown(); }
};

/// The server on one kind of socket. Included by one source for each kind, for what is within is
/// slow to compile.
template <typename Socket>
class RunningServer final : public HttpServer {
    using Traits = ServerTraits<Socket>;

 public:
    RunningServer(const HttpServerOptions& options, RequestSink sink)
        : sink_(std::move(sink)),
          num_io_threads_(std::max<std::size_t>(options.num_io_threads, 1)),
          secure_(!options.tls_certificate.empty()) {
        asio::make_service<ReadBudget>(context_);
        asio::use_service<ReadBudget>(context_).set_max_bytes(options.max_buffered_bytes);
        asio::make_service<ConnectionCounts>(context_);
        asio::use_service<ConnectionCounts>(context_).set_limits(
            options.max_connections, options.max_connections_per_address);
    }
    ~RunningServer() override { stop(std::chrono::milliseconds(0)); }

    /// @param prepare  sets what only this kind of socket has
    template <typename Prepare>
    Status open(const HttpServerOptions& options, ConnectionLog log, const Prepare& prepare) {
        try {
            server_.emplace(restinio::external_io_context(context_), [&](auto& settings) {
                configure(settings, options, std::move(log));
                prepare(settings);
            });
            server_->open_sync();
        } catch (const std::exception& error) {
            return fail(ErrorCode::kUnavailable, "cannot listen on {} port {}: {}", options.address,
                        options.port, error.what());
        }
        run_threads();
        return {};
    }

    [[nodiscard]] std::uint16_t port() const override { return port_; }

    void drain(std::chrono::milliseconds grace) override {
        if (threads_.empty()) return;
        if (!pending_.draining()) {
            pending_.start_draining();
            // While no thread could be about to accept the next connection.
            join_threads();
            close_listener();
            context_.restart();
            run_threads();
        }
        pending_.wait_until_none(grace);
    }

    void stop(std::chrono::milliseconds grace) override {
        if (!server_) return;
        drain(grace);
        join_threads();
        work_.reset();
        context_.empty();
        server_.reset();
    }

 private:
    void run_threads() {
        for (std::size_t i = 0; i < num_io_threads_; ++i) {
            threads_.emplace_back([this] { context_.run(); });
        }
    }
    void join_threads() {
        context_.stop();
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }
    void close_listener() {
        try {
            server_->close_sync();
        } catch (const std::exception&) {
            return;  // it is not open any more
        }
    }

    template <typename Settings>
    void configure(Settings& settings, const HttpServerOptions& options, ConnectionLog log) {
        settings.address(options.address)
            .port(options.port)
            .logger(std::move(log))
            .buffer_size(16 << 10)
            .read_next_http_message_timelimit(options.read_timeout)
            .handle_request_timeout(options.handle_timeout)
            .write_http_response_timelimit(options.write_timeout)
            // The next request is read when this one is answered: its bytes would count for it, and
            // a refusal would be written into its answer.
            .max_pipelined_requests(1)
            .incoming_http_msg_limits(restinio::incoming_http_msg_limits_t{}
                                          .max_url_size(options.max_url_bytes)
                                          .max_field_name_size(options.max_header_bytes)
                                          .max_field_value_size(options.max_header_bytes)
                                          .max_field_count(options.max_headers)
                                          .max_body_size(options.max_body_bytes))
            .acceptor_options_setter([](auto& acceptor) {
                acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true));
            })
            .acceptor_post_bind_hook([this](asio::ip::tcp::acceptor& acceptor) {
                port_ = acceptor.local_endpoint().port();
            })
            .socket_options_setter(
                [](auto& socket) { socket.set_option(asio::ip::tcp::no_delay(true)); })
            .request_handler([this](restinio::request_handle_t request) {
                Responder respond = make_responder(request, pending_);
                // Not at once: to an answer that is there when this returns RESTinio reads the next
                // request twice, now and when the answer is written.
                asio::defer(context_,
                            [this, request = std::move(request), respond = std::move(respond)]() {
                                serve(request, respond);
                            });
                return restinio::request_accepted();
            });
    }

    void serve(const restinio::request_handle_t& request, const Responder& respond) noexcept {
        try {
            sink_(to_http_request(request, secure_), respond);
        } catch (const std::exception&) {
            return;  // the responder answers as it goes
        }
    }

    RequestSink sink_;
    std::size_t num_io_threads_;
    bool secure_;
    std::uint16_t port_ = 0;
    PendingAnswers pending_;
    EmptiableContext context_;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{
        asio::make_work_guard(context_)};
    std::optional<restinio::http_server_t<Traits>> server_;
    std::vector<std::thread> threads_;
};

}  // namespace attune
