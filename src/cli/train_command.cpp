#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/training_support.hpp"

namespace attune {
namespace {

class TrainCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command =
            declare(app, "train",
                    "Train the recommenders and their blend on all data; parameters and weights "
                    "are chosen on its last days");
        CLI::Option* search = command->add_option(
            "--search", search_.method,
            "Search the parameters of recommenders: random tries each candidate in full, halving "
            "most of them only a little");
        search->check(CLI::IsMember({"random", "halving"}));
        command
            ->add_option("--trials", search_.num_trials,
                         "Candidates of a search for each recommender, the configured one among "
                         "them; 20 if not given")
            ->check(CLI::Range(1, 10'000))
            ->needs(search);
        command
            ->add_option(
                "--search-model", search_.models,
                "A recommender to search parameters for; may be repeated; all if not given")
            ->needs(search);
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        ATTUNE_ASSIGN(const auto snapshot, train(context, *database, search_));
        show_training(context, *snapshot);
        context.emit({{"version", snapshot->version}, {"report", snapshot->report}});
        return {};
    }

 private:
    SearchFlags search_;
};

}  // namespace

std::unique_ptr<Command> make_train_command() {
    return std::make_unique<TrainCommand>();
}

}  // namespace attune
