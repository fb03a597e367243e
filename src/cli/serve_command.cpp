#include <fmt/core.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <thread>

#include "access/options.hpp"
#include "cli/context.hpp"
#include "cli/job_kinds.hpp"
#include "cli/running_service.hpp"

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
        RunningService service;
        ATTUNE_ASSIGN(auto database, context.open_database(Context::Access::kWrite));
        service.database =
            std::make_unique<WatchedDatabase>(std::move(database), WatchedDatabase::Options{});
        ATTUNE_ASSIGN(service.access_reads, context.open_database(Context::Access::kRead));
        ATTUNE_TRY(start_parts(context, config, service));
        ATTUNE_TRY(listen(context, config, service));
        ATTUNE_TRY(show_first_password(context, service));
        show_address(context, server, service.http->port());
        service.retention->start();
        service.database->start([&service](const std::string& text) { service.live->alert(text); });
        wait_until_asked(context, service);
        context.say("stopping: finishing what was asked");
        service.stop();
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

    static Result<LiveServiceOptions> live_options(const Context& context, const Config& config) {
        ATTUNE_ASSIGN(const fs::path home, context.home());
        LiveServiceOptions options{config, context.models_folder(),
                                   home / "config" / "templates" / "reasons"};
        if (!config.text("explain.templates").empty()) {
            options.templates_folder = config.text("explain.templates");
        }
        options.log_alert = [&context](const std::string& text) { context.remark(text); };
        return options;
    }

    static Status start_parts(Context& context, const Config& config, RunningService& service) {
        ATTUNE_ASSIGN(service.access,
                      AccessService::open(*service.database, service.clock, access_options(config),
                                          service.access_reads.get()));
        ATTUNE_ASSIGN(const LiveServiceOptions options, live_options(context, config));
        ATTUNE_ASSIGN(service.live, LiveService::start(*service.database, service.clock, options,
                                                       context.progress()));
        ATTUNE_ASSIGN(const fs::path home, context.home());
        ATTUNE_ASSIGN(service.jobs,
                      JobRunner::start(*service.database, service.clock,
                                       job_kinds(*service.live, {home / "config" / "mappings"}),
                                       job_runner_options(*service.live, config,
                                                          files_folder(context) / "jobs")));
        std::vector<RetentionRule> rules = store_retention_rules(*service.database, config);
        rules.push_back(jobs_retention_rule(*service.jobs, config));
        rules.push_back(uploads_retention_rule(uploads_folder(context), config));
        service.retention = std::make_unique<RetentionSweep>(
            std::move(rules), service.clock, retention_options(config),
            [&context](const std::string& text) { context.remark(text); });
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

    static Status listen(const Context& context, const Config& config, RunningService& service) {
        const fs::path uploads = uploads_folder(context);
        std::error_code error;
        fs::create_directories(uploads, error);
        if (error) {
            return fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", uploads.string(),
                        error.message());
        }
        ATTUNE_ASSIGN(const fs::path home, context.home());
        const auto turn = std::make_shared<std::mutex>();
        ATTUNE_ASSIGN(
            service.http,
            HttpService::start(config,
                               {*service.live, *service.jobs, *service.access, service.clock,
                                service.monotonic, *service.retention, *service.database, uploads,
                                home / "config" / "mappings", [turn](const std::string& line) {
                                    const std::lock_guard lock(*turn);
                                    fmt::print(stderr, "{}\n", line);
                                }}));
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

    static void wait_until_asked(const Context& context, RunningService& service) {
        auto next = std::chrono::steady_clock::now();
        while (asked_to_stop == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            if (std::chrono::steady_clock::now() < next) continue;
            next = std::chrono::steady_clock::now() + std::chrono::minutes(1);
            if (const Status kept = service.access->maintain(); !kept) {
                context.remark("access: " + kept.error().message);
            }
        }
    }

    /// Beside the models: uploads that wait for their import, and what jobs write.
    static fs::path files_folder(const Context& context) {
        fs::path folder = context.models_folder();
        folder += ".files";
        return folder;
    }

    static fs::path uploads_folder(const Context& context) {
        return files_folder(context) / "uploads";
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
