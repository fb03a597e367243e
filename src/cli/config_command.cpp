#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/context.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

class ConfigCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        declare(app, "config",
                "Print every key of the configuration with its default, as a TOML file");
    }

    Status run(Context&) override {
        fmt::print("{}", example_config(settings_schema()));
        return {};
    }
};

}  // namespace

std::unique_ptr<Command> make_config_command() {
    return std::make_unique<ConfigCommand>();
}

}  // namespace attune
