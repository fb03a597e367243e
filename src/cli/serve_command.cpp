#include <fmt/core.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <thread>

#include "cli/context.hpp"
#include "cli/restart_restored.hpp"
#include "cli/start_service.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

/// Whether the program was asked to end: by Ctrl-C, or by whoever supervises it.
volatile std::sig_atomic_t asked_to_stop = 0;

void ask_to_stop(int) {
    asked_to_stop = 1;
}

void catch_stops() {
    struct sigaction action {};
    action.sa_handler = ask_to_stop;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    // Past a limit on the size of files a write fails, as on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
}

/// As many files and connections as the system lets it have.
void raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

class ServeCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command = declare(app, "serve",
                                    "Serve the REST interface and the web application. The first "
                                    "start makes an administrator and prints the password once.");
        command->add_option("--address", address_, "Address to listen on (default: http.address)");
        command->add_option("--port", port_, "Port to listen on (default: http.port)")
            ->check(CLI::Range(0, 65'535));
        command->add_flag("--check", check_only_,
                          "Only look at the configuration, the certificate, the database and the "
                          "model, beside a running service too; changes nothing");
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const Config config, settings(context));
        ATTUNE_ASSIGN(const HttpServerOptions server, http_server_options(config));
        if (check_only_) return check(context, config, server);
        raise_file_limit();
        catch_stops();
        ATTUNE_ASSIGN(const fs::path database, database_file(context.database_url()));
        RestoreDesk desk(database);
        desk.refuse_earlier();
        // What a restore left that was killed: it holds customers' data.
        if (const auto alone = lock_restore(database)) drop_staged_restore(context.database_url());
        ATTUNE_ASSIGN(auto service, open_service(context, config, desk));
        // It works: what a restore that was killed was to drop goes.
        if (const auto alone = lock_restore(database)) settle_restore(context.database_url());
        ATTUNE_TRY(listen(context, config, *service));
        const std::uint16_t port = service->http->port();
        ATTUNE_TRY(show_first_password(context, *service));
        show_address(context, server, port);
        watch(*service);
        const auto stopping = [] { return asked_to_stop != 0; };
        while (const auto request = wait_until_asked(context, *service, desk)) {
            ATTUNE_ASSIGN(service, restart_restored(context, config, desk, *request, stopping,
                                                    std::move(service)));
            ATTUNE_TRY(show_first_password(context, *service));
            watch(*service);
        }
        context.say("stopping: finishing what was asked");
        service->stop();
        return {};
    }

 private:
    Result<Config> settings(const Context& context) const {
        std::map<std::string, std::string, std::less<>> values;
        if (!address_.empty()) values["http.address"] = address_;
        if (port_ >= 0) values["http.port"] = std::to_string(port_);
        return context.config().with(values);
    }

    static Status check(Context& context, const Config& config, const HttpServerOptions& server) {
        ATTUNE_TRY(check_tls_files(server));
        ATTUNE_ASSIGN(const LiveServiceOptions options, live_options(context, config));
        if (!context.database_exists()) {
            context.say("configuration: good; there is no database yet, the first start makes it");
            context.emit({{"status", "ok"}, {"database", nullptr}});
            return {};
        }
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        const SystemClock clock{};
        ATTUNE_TRY(LiveService::start(*database, clock, options, context.progress()));
        context.say("configuration, database and model: good");
        context.emit({{"status", "ok"}, {"database", context.database_url()}});
        return {};
    }

    static Status show_first_password(const Context& context, RunningService& service) {
        ATTUNE_ASSIGN(const auto issued, service.access->accounts().ensure_administrator());
        if (!issued) return {};
        context.say(fmt::format(
            "\n  First start: sign in as '{}' with the one-time password\n\n      {}\n\n"
            "  It is shown this once and must be changed at the first sign-in.\n",
            issued->account.name, issued->one_time_password));
        context.emit({{"administrator", issued->account.name},
                      {"one_time_password", issued->one_time_password}});
        return {};
    }

    static void show_address(const Context& context, const HttpServerOptions& server,
                             std::uint16_t port) {
        const std::string scheme = server.tls_certificate.empty() ? "http" : "https";
        const bool any = server.address == "0.0.0.0" || server.address == "::";
        const std::string url =
            fmt::format("{}://{}:{}/", scheme, any ? "localhost" : server.address, port);
        context.say(fmt::format("Attune serves at {}   (Ctrl-C stops it)", url));
        context.emit({{"url", url}});
        std::fflush(stdout);
    }

    /// Until the program is to end (nothing), or a backup is to take the place of the data.
    static std::optional<RestoreRequest> wait_until_asked(const Context& context,
                                                          RunningService& service,
                                                          RestoreDesk& desk) {
        auto next = std::chrono::steady_clock::now();
        while (asked_to_stop == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            if (asked_to_stop != 0) break;
            if (auto request = desk.take()) return request;
            if (std::chrono::steady_clock::now() < next) continue;
            next = std::chrono::steady_clock::now() + std::chrono::minutes(1);
            if (const Status kept = service.access->maintain(); !kept) {
                context.remark("access: " + kept.error().message);
            }
        }
        return std::nullopt;
    }

    std::string address_;
    int port_ = -1;
    bool check_only_ = false;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() {
    return std::make_unique<ServeCommand>();
}

}  // namespace attune
