#include "cli/context.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/home.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

}  // namespace

Context::Context(Config config, const CommonFlags& flags)
    : config_(std::move(config)),
      json_(flags.json),
      quiet_(flags.quiet),
      progress_(std::make_unique<ProgressBar>(!flags.quiet)) {}

Result<Context> Context::create(const CommonFlags& flags) {
    std::vector<std::string> overrides = flags.overrides;
    if (!flags.database.empty()) overrides.push_back("storage.database=" + flags.database);
    ATTUNE_ASSIGN(Config config,
                  Config::load(settings_schema(), flags.config_file, environment, overrides));
    return Context(std::move(config), flags);
}

Result<std::filesystem::path> Context::home() const {
    return find_home();
}

std::string Context::database_url() const {
    return config_.text("storage.database");
}

Result<std::unique_ptr<Database>> Context::open_database(Access access) const {
    const std::string url = database_url();
    if (access == Access::kRead && !database_exists()) {
        return fail(ErrorCode::kNotFound,
                    "there is no database {}; make one with `attune import --database {} ...`", url,
                    url);
    }
    DatabaseOptions options = database_options(config_);
    if (access == Access::kRead) options.access = DatabaseAccess::kReadOnly;
    return attune::open_database(url, options);
}

bool Context::database_exists() const {
    const std::string url = database_url();
    std::error_code ignored;
    return !url.starts_with(kSqlite) ||
           std::filesystem::exists(url.substr(kSqlite.size()), ignored);
}

std::filesystem::path Context::database_folder() const {
    std::string path = database_url();
    if (path.starts_with(kSqlite)) path.erase(0, kSqlite.size());
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? "." : folder;
}

void Context::remove_database() const {
    const std::string url = database_url();
    if (!url.starts_with(kSqlite)) return;
    for (const char* ending : {"", "-wal", "-shm"}) {
        std::error_code ignored;
        std::filesystem::remove(url.substr(kSqlite.size()) + ending, ignored);
    }
}

std::filesystem::path Context::models_folder() const {
    const std::string& set = config_.text("storage.models_folder");
    if (!set.empty()) return set;
    std::string url = database_url();
    if (url.starts_with(kSqlite)) url.erase(0, kSqlite.size());
    return url + ".models";
}

void Context::say(const std::string& line) const {
    if (!json_) fmt::print("{}\n", line);
}

void Context::remark(const std::string& line) const {
    if (!quiet_) fmt::print(stderr, "{}\n", line);
}

void Context::emit(const nlohmann::json& object) const {
    if (!json_) return;
    // Text that is not UTF-8 cannot come from the store; replacing is for messages with file names.
    fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    std::fflush(stdout);
}

CLI::App* Command::declare(CLI::App& app, const std::string& name, const std::string& description) {
    app_ = app.add_subcommand(name, description);
    app_->add_option("--database", common_.database,
                     "Where the data is kept, as sqlite:PATH (default: storage.database of the "
                     "configuration)");
    app_->add_option("--config", common_.config_file, "Configuration file (TOML)");
    app_->add_option("--set", common_.overrides,
                     "Override a key of the configuration: --set section.name=value")
        ->allow_extra_args(false);
    app_->add_flag("--json", common_.json, "Write JSON, one object a line");
    app_->add_flag("--quiet", common_.quiet, "Write nothing but results and errors");
    return app_;
}

bool Command::chosen() const {
    return app_ != nullptr && app_->parsed();
}

}  // namespace attune
