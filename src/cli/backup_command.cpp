#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "serving/restore_desk.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

std::string counts_of(const BackupCheck& check) {
    return fmt::format("{} customers, {} products, {} events", check.num_customers,
                       check.num_products, check.num_events);
}

nlohmann::json to_json(const std::string& file, const BackupCheck& check) {
    return {{"file", file},
            {"customers", check.num_customers},
            {"products", check.num_products},
            {"events", check.num_events},
            {"revision", check.revision}};
}

class BackupCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command = declare(app, "backup",
                                    "Copy the database to a new file, also while it is in use, and "
                                    "check the copy in full");
        command->add_option("FILE", file_, "The file to write")->required();
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        ATTUNE_TRY(database->backup(file_, context.progress()));
        ATTUNE_ASSIGN(const BackupCheck check, check_backup(file_));
        context.say(fmt::format("copied to {}: {}", file_, counts_of(check)));
        context.emit(to_json(file_, check));
        return {};
    }

 private:
    std::string file_;
};

class RestoreCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command = declare(
            app, "restore",
            "Check a backup and put it in the place of the database; a service that runs on it "
            "answers 503 for a moment and starts again. What was there is kept beside it");
        command->add_option("FILE", file_, "What `attune backup` wrote")->required();
        command->add_flag("--drop-replaced", drop_,
                          "Remove what an earlier restore put aside, if it is still there");
    }

    Status run(Context& context) override {
        const std::string url = context.database_url();
        const DatabaseOptions options = database_options(context.config());
        const PutAside earlier = drop_ ? PutAside::kDrop : PutAside::kKeep;
        ATTUNE_ASSIGN(const std::filesystem::path database, database_file(url));
        ATTUNE_ASSIGN(const FileLock alone, lock_restore(database));
        ATTUNE_ASSIGN(const BackupCheck check,
                      stage_restore(url, file_, earlier, options, context.progress()));
        bool by_service = false;
        Status done = finish_restore(url, earlier, options);
        if (done) {
            ATTUNE_TRY(open_or_undo(context, url, options));
        } else if (done.error().code == ErrorCode::kConflict) {
            context.remark("the database is in use: asking the service that runs on it");
            const HandOver handed = hand_over(database, earlier, context.progress());
            by_service = handed.taken;
            // Where there is no service, what was in the way is the reason.
            const bool nobody = !handed.outcome && !handed.taken &&
                                handed.outcome.error().code == ErrorCode::kNotFound;
            if (!nobody) done = handed.outcome;
        }
        // What a service took on it removes itself.
        if (!done && !by_service) drop_staged_restore(url);
        if (!done) return done;
        context.say(fmt::format("{} restored: {}{}", url, counts_of(check),
                                by_service ? "; the service started again" : ""));
        nlohmann::json line = to_json(file_, check);
        line["service_restarted"] = by_service;
        context.emit(line);
        return {};
    }

 private:
    /// Whether the restored database can be opened; if not, what was there is put back.
    static Status open_or_undo(const Context& context, const std::string& url,
                               const DatabaseOptions& options) {
        const auto opened = context.open_database(Context::Access::kWrite);
        if (opened) {
            settle_restore(url);
            return {};
        }
        const Status undone = undo_restore(url, options);
        // Nothing was there before.
        if (undone || undone.error().code == ErrorCode::kNotFound) return fail(opened.error());
        return undone;
    }

    [[nodiscard]] HandOver hand_over(const std::filesystem::path& database, PutAside earlier,
                                     const Progress& progress) const {
        RestoreRequest request;
        request.source = std::filesystem::path(file_).filename().string();
        request.earlier = earlier;
        return hand_over_restore(database, request, {}, progress);
    }

    std::string file_;
    bool drop_ = false;
};

}  // namespace

std::unique_ptr<Command> make_backup_command() {
    return std::make_unique<BackupCommand>();
}

std::unique_ptr<Command> make_restore_command() {
    return std::make_unique<RestoreCommand>();
}

}  // namespace attune
