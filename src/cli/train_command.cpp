#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/training_support.hpp"

namespace attune {
namespace {

class TrainCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        declare(app, "train",
                "Train the recommenders and their blend on all data; parameters and weights are "
                "chosen on its last days");
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        ATTUNE_ASSIGN(const auto snapshot, train(context, *database));
        show_training(context, *snapshot);
        context.emit({{"version", snapshot->version}, {"report", snapshot->report}});
        return {};
    }
};

}  // namespace

std::unique_ptr<Command> make_train_command() {
    return std::make_unique<TrainCommand>();
}

}  // namespace attune
