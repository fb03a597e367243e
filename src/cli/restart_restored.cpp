#include "cli/restart_restored.hpp"

#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/start_service.hpp"
#include "http/stand_in.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

/// The jobs that the other store does not know as they are: the one that asks and the backup's,
/// those whose files are there, for nobody would find or remove these otherwise, and restores, so
/// that a repeated request is known.
/// @return how it ended too: the first two are there in any case
std::pair<std::vector<Job>, Status> jobs_to_keep(const RestoreRequest& request,
                                                 const JobRunner& runner) {
    std::vector<Job> kept;
    for (const std::string& id : {request.job, request.backup_job}) {
        if (id.empty()) continue;
        if (const auto job = runner.get(id)) kept.push_back(*job);
    }
    NewestFirst page;
    for (;;) {
        const auto jobs = runner.list(page);
        if (!jobs) return {kept, fail(jobs.error())};
        for (const Job& job : *jobs) {
            const bool known = job.id == request.job || job.id == request.backup_job;
            const bool kind = !job.file.empty() || job.kind == "restore";
            if (!known && job.has_ended() && kind) kept.push_back(job);
        }
        if (jobs->size() < page.limit) return {kept, {}};
        page.before = TimeCursor{jobs->back().created_at, jobs->back().id};
    }
}

/// Brings jobs into the store that is served now, the one that asked with what became of it.
Status record_jobs(std::vector<Job> jobs, const RestoreRequest& request, const Status& outcome,
                   RunningService& service) {
    for (Job& job : jobs) {
        if (job.id == request.job) {
            job.state = outcome ? JobState::kDone : JobState::kFailed;
            job.ended_at = service.clock.now();
            if (!outcome) {
                job.error = outcome.error();
                job.result = nullptr;
            }
        }
        ATTUNE_TRY(service.jobs->record(job));
    }
    return {};
}

/// Answers on a port while no service does. Without it callers are refused: no harm but the words.
std::unique_ptr<HttpServer> start_stand_in(const Context& context, HttpServerOptions options) {
    const bool secure = !options.tls_certificate.empty();
    auto server = HttpServer::start(std::move(options),
                                    stand_in_sink("a backup takes the place of the data", secure),
                                    [](ConnectionRemark, const std::string&) {});
    if (server) return std::move(*server);
    context.remark("while the data is replaced nobody is answered: " + server.error().message);
    return nullptr;
}

/// Does again what cannot be done now, as where the disk is full or somebody holds the database.
template <typename Work>
std::invoke_result_t<Work> keep_trying(const Context& context,
                                       const std::function<bool()>& stopping, const Work& work) {
    for (;;) {
        auto result = work();
        const bool later = !result && result.error().code == ErrorCode::kUnavailable;
        if (!later || stopping()) return result;
        context.remark("trying again: " + result.error().message);
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

/// The service on what was staged, or with the reason in `outcome` on what was there before.
Result<std::unique_ptr<RunningService>> open_restored(Context& context, const Config& config,
                                                      RestoreDesk& desk,
                                                      const RestoreRequest& request,
                                                      const std::function<bool()>& stopping,
                                                      Status& outcome) {
    const std::string url = context.database_url();
    const DatabaseOptions options = database_options(config);
    const auto open = [&] { return open_service(context, config, desk); };
    outcome = finish_restore(url, request.earlier, options);
    if (outcome) {
        auto service = open();
        if (service) {
            settle_restore(url);
            return service;
        }
        outcome = fail(service.error().code, "{} cannot be served: {}", request.source,
                       service.error().message);
        const Status undone = keep_trying(context, stopping, [&]() -> Status {
            const Status status = undo_restore(url, options);
            if (status || status.error().code != ErrorCode::kConflict) return status;
            return fail(ErrorCode::kUnavailable, "{}", status.error().message);
        });
        // Where nothing was there before, it is not there again.
        if (!undone && undone.error().code != ErrorCode::kNotFound) return fail(undone.error());
    }
    // First, for it takes room on the disk.
    drop_staged_restore(url);
    return keep_trying(context, stopping, open);
}

/// What the service starts again with, looked at while it could go on without.
Result<std::pair<Config, HttpServerOptions>> options_of_next(const Config& config,
                                                             std::uint16_t port) {
    ATTUNE_ASSIGN(Config same_port, config.with({{"http.port", std::to_string(port)}}));
    ATTUNE_ASSIGN(HttpServerOptions server, http_server_options(same_port));
    ATTUNE_TRY(check_tls_files(server));
    return std::pair(std::move(same_port), std::move(server));
}

/// The error for callers, who are not told where files lie here.
Error without_folders(const Context& context, Error error) {
    std::error_code ignored;
    const std::filesystem::path database = context.database_folder();
    const std::filesystem::path models = context.models_folder().parent_path();
    for (const std::filesystem::path& folder : {database, models}) {
        for (const auto& form : {std::filesystem::weakly_canonical(folder, ignored),
                                 std::filesystem::absolute(folder, ignored), folder}) {
            if (form.has_filename() && form != ".") error = error.calling(form.string() + "/", "");
        }
    }
    return error;
}

}  // namespace

Result<std::unique_ptr<RunningService>> restart_restored(Context& context, const Config& config,
                                                         RestoreDesk& desk,
                                                         const RestoreRequest& request,
                                                         const std::function<bool()>& stopping,
                                                         std::unique_ptr<RunningService> service) {
    const auto next_options = options_of_next(config, service->http->port());
    if (!next_options) {
        drop_staged_restore(context.database_url());
        service->live->alert(
            fmt::format("{} is not restored: the service could not start again: {}", request.source,
                        next_options.error().message));
        desk.refuse(request, next_options.error());
        return service;
    }
    const auto& [same_port, server] = *next_options;
    service->live->alert(
        fmt::format("{} takes the place of the data; the service starts again", request.source));
    service->stop();
    auto [jobs, listed] = jobs_to_keep(request, *service->jobs);
    service.reset();

    auto stand_in = start_stand_in(context, server);
    Status outcome;
    auto next = open_restored(context, config, desk, request, stopping, outcome);
    if (stand_in != nullptr) stand_in->stop(std::chrono::milliseconds(0));
    Status listening = next ? Status() : fail(next.error());
    if (next) {
        RunningService& running = **next;
        const Status told = outcome ? outcome : fail(without_folders(context, outcome.error()));
        const Status kept = record_jobs(std::move(jobs), request, told, running);
        running.live->alert(told ? fmt::format("{} was restored", request.source)
                                 : fmt::format("{} was not restored, the data is as it was: {}",
                                               request.source, told.error().message));
        for (const Status& status : {listed, kept}) {
            if (status) continue;
            running.live->alert("what jobs wrote is not all known: " +
                                without_folders(context, status.error()).message);
        }
        listening = listen(context, same_port, running);
    }
    if (const Status told = desk.answer(request, listening ? outcome : listening); !told) {
        context.remark("who asked to restore cannot be told: " + told.error().message);
    }
    ATTUNE_TRY(listening);
    return next;
}

}  // namespace attune
