#include "cli/app.hpp"

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/context.hpp"
#include "core/nearest_name.hpp"

namespace attune {
namespace {

constexpr const char* kVersion = "attune 0.1.0";

std::vector<std::unique_ptr<Command>> make_commands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(make_serve_command());
    commands.push_back(make_import_command());
    commands.push_back(make_export_command());
    commands.push_back(make_train_command());
    commands.push_back(make_recommend_command());
    commands.push_back(make_evaluate_command());
    commands.push_back(make_config_command());
    commands.push_back(make_user_command());
    commands.push_back(make_backup_command());
    commands.push_back(make_restore_command());
    return commands;
}

int report(const Error& error, bool json) {
    std::fflush(stdout);
    fmt::print(stderr, "attune: {}\n", error.message);
    if (json) {
        const nlohmann::json object{
            {"error", {{"code", error_code_name(error.code)}, {"message", error.message}}}};
        fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    return exit_code(error.code);
}

/// The first argument that is no option must name a command: the program's own options take no
/// values. Looked at first, for CLI11 would only say that a command is missing.
Status check_command(const CLI::App& app, int argc, char** argv) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument.starts_with('-')) continue;
        if (std::find(names.begin(), names.end(), argument) != names.end()) return {};
        const auto meant = nearest_name(argument, names);
        return fail(ErrorCode::kInvalidArgument, "there is no command '{}'; {}the commands are {}",
                    argument, meant ? fmt::format("did you mean {}? ", *meant) : std::string(),
                    fmt::join(names, ", "));
    }
    return {};
}

Status run_chosen(Command& command) {
    ATTUNE_ASSIGN(Context context, Context::create(command.common()));
    return command.run(context);
}

}  // namespace

int run_program(int argc, char** argv) {
    CLI::App app{
        "Recommends financial products and services to each customer, with reasons.\n"
        "Start with: attune import --pack bank"};
    app.name("attune");
    app.set_version_flag("--version", kVersion);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 2 invalid argument, 3 not found, 4 conflict, 5 corrupt, "
        "6 unavailable,\n7 forbidden, 8 internal, 9 newer format, 10 empty input, 11 not a file, "
        "12 malformed text,\n13 limit exceeded, 14 expansion limit, 15 cancelled, "
        "16 unauthenticated, 17 too many requests.");
    const auto commands = make_commands();
    for (const auto& command : commands) command->add_to(app);
    if (const Status status = check_command(app, argc, argv); !status) {
        return report(status.error(), false);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int status = app.exit(error);
        return status == 0 ? 0 : exit_code(ErrorCode::kInvalidArgument);
    }
    catch_interrupts();
    for (const auto& command : commands) {
        if (!command->chosen()) continue;
        try {
            Status status = run_chosen(*command);
            if (status && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)) {
                status = fail(ErrorCode::kUnavailable, "the output could not be written");
            }
            return status ? 0 : report(status.error(), command->common().json);
        } catch (const std::system_error& error) {
            return report({ErrorCode::kUnavailable, error.what()}, command->common().json);
        } catch (const std::exception& error) {
            return report({ErrorCode::kInternal, error.what()}, command->common().json);
        }
    }
    return exit_code(ErrorCode::kInternal);
}

}  // namespace attune
