#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/progress_bar.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "storage/stores.hpp"

namespace CLI {
class App;
}

namespace attune {

/// Flags that every command takes.
struct CommonFlags {
    std::string config_file;
    std::vector<std::string> overrides;
    std::string database;
    bool json = false;
    bool quiet = false;
};

/// What every command works with. Made once the flags are parsed.
class Context {
 public:
    /// @errors those of the configuration
    static Result<Context> create(const CommonFlags& flags);

    [[nodiscard]] const Config& config() const { return config_; }
    /// The folder of the mappings, templates and packs; looked for only when asked.
    /// @errors those of find_home
    [[nodiscard]] Result<std::filesystem::path> home() const;
    [[nodiscard]] bool json() const { return json_; }
    Progress& progress() { return *progress_; }

    [[nodiscard]] std::string database_url() const;
    /// Opens the database; a command that only reads makes none and takes no right to write.
    enum class Access { kRead, kWrite };
    [[nodiscard]] Result<std::unique_ptr<Database>> open_database(Access access) const;
    /// Whether the file of the database is there.
    [[nodiscard]] bool database_exists() const;
    /// Where the file of the database lies, or would.
    [[nodiscard]] std::filesystem::path database_folder() const;
    /// Removes the files of a database that a failed command made.
    void remove_database() const;
    /// Where trained models are kept: storage.models_folder, or beside the database.
    [[nodiscard]] std::filesystem::path models_folder() const;

    /// A line of the result for people, on standard output; nothing with --json.
    void say(const std::string& line) const;
    /// A remark on standard error, also with --json; nothing with --quiet.
    void remark(const std::string& line) const;
    /// One JSON object on one line of standard output; nothing without --json.
    void emit(const nlohmann::json& object) const;

 private:
    Context(Config config, const CommonFlags& flags);

    Config config_;
    bool json_;
    bool quiet_;
    std::unique_ptr<ProgressBar> progress_;
};

/// A command of the program: adds its flags to the command line and runs when it is chosen.
class Command {
 public:
    virtual ~Command() = default;
    virtual void add_to(CLI::App& app) = 0;
    virtual Status run(Context& context) = 0;
    [[nodiscard]] const CommonFlags& common() const { return common_; }
    [[nodiscard]] bool chosen() const;

 protected:
    /// Declares the sub-command with the common flags.
    CLI::App* declare(CLI::App& app, const std::string& name, const std::string& description);

 private:
    CommonFlags common_;
    CLI::App* app_ = nullptr;
};

std::unique_ptr<Command> make_serve_command();
std::unique_ptr<Command> make_import_command();
std::unique_ptr<Command> make_export_command();
std::unique_ptr<Command> make_train_command();
std::unique_ptr<Command> make_recommend_command();
std::unique_ptr<Command> make_evaluate_command();
std::unique_ptr<Command> make_config_command();
std::unique_ptr<Command> make_user_command();
std::unique_ptr<Command> make_backup_command();
std::unique_ptr<Command> make_restore_command();

}  // namespace attune
