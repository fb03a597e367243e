#pragma once

#include <restinio/all.hpp>
#include <string>

#include "http/refusal.hpp"
#include "http/server.hpp"

namespace attune {

/// What RESTinio tells: some errors say that, and with what, a connection is refused. The others
/// are peers that went away.
class ConnectionLogger {
 public:
    explicit ConnectionLogger(ConnectionLog log = {}) : log_(std::move(log)) {}

    template <typename Message>
    void trace(const Message&) {}
    template <typename Message>
    void info(const Message&) {}
    template <typename Message>
    void warn(const Message&) {}
    template <typename Message>
    void error(const Message& message) {
        const std::string text = message();
        if (PendingRefusal::note(text) && log_) log_(ConnectionRemark::kRefused, text);
    }

 private:
    ConnectionLog log_;
};

/// Makes RESTinio read a request to upgrade as any other, which HTTP allows: its own way ends all
/// timeouts of the connection and leaves it to the handler.
struct WithoutUpgrades : restinio::default_http_methods_t {};

}  // namespace attune

namespace restinio::impl {

template <>
inline http_parser_settings create_parser_settings<attune::WithoutUpgrades>() noexcept {
    http_parser_settings settings = create_parser_settings<default_http_methods_t>();
    settings.on_headers_complete = [](http_parser* parser) {
        parser->upgrade = 0;
        return restinio_headers_complete_cb(parser);
    };
    return settings;
}

}  // namespace restinio::impl
