#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"

namespace attune {
namespace {

using nlohmann::json;

json config_json(const Config& config) {
    json object = json::object();
    for (const Setting& setting : config.schema()) {
        std::visit([&](const auto& value) { object[setting.key] = value; },
                   config.value(setting.key));
    }
    return object;
}

class ConfigCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        declare(
            app, "config",
            "Print every key of the configuration with its value, as a TOML file: the defaults, "
            "and over them what --config, the environment and --set say");
    }

    Status run(Context& context) override {
        if (!context.json()) fmt::print("{}", context.config().to_toml());
        context.emit(config_json(context.config()));
        return {};
    }
};

}  // namespace

std::unique_ptr<Command> make_config_command() {
    return std::make_unique<ConfigCommand>();
}

}  // namespace attune
