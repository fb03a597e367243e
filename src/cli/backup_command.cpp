#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
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
        CLI::App* command = declare(app, "restore",
                                    "Check a backup and put it in the place of the database, which "
                                    "must not be in use; what was there is kept beside it");
        command->add_option("FILE", file_, "What `attune backup` wrote")->required();
    }

    Status run(Context& context) override {
        const std::string url = context.database_url();
        ATTUNE_ASSIGN(
            const BackupCheck check,
            restore_database(url, file_, database_options(context.config()), context.progress()));
        context.say(fmt::format("{} restored: {}", url, counts_of(check)));
        context.emit(to_json(file_, check));
        return {};
    }

 private:
    std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_backup_command() {
    return std::make_unique<BackupCommand>();
}

std::unique_ptr<Command> make_restore_command() {
    return std::make_unique<RestoreCommand>();
}

}  // namespace attune
