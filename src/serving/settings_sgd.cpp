#include "serving/settings_sgd.hpp"

#include <string>

#include "serving/setting_values.hpp"

namespace attune {
namespace {

/// The keys that all descents over pairs have, under the name of the model.
void add_pairwise(std::vector<Setting>& schema, const std::string& model,
                  const PairwiseOptions& solver, const StrengthOptions& strength) {
    schema.push_back({model + ".factors", whole_number(solver.num_factors),
                      "Numbers that describe a product.", 1, 512});
    schema.push_back({model + ".epochs", whole_number(solver.num_epochs),
                      "Rounds of as many draws as there are pairs of customers and products.", 1,
                      10'000});
    schema.push_back({model + ".learning_rate", solver.learning_rate,
                      "How far a draw moves what it touches.", 1e-6, 10});
    schema.push_back({model + ".regularization", solver.regularization,
                      "How strongly factors and biases are drawn to zero.", 0, 10});
    schema.push_back({model + ".max_norm", solver.max_norm,
                      "Length that the factors of a customer or product are kept below; 0: any.", 0,
                      1'000});
    schema.push_back({model + ".popular_negatives",
                      solver.negatives == NegativeSampling::kPopularity,
                      "Whether products to rank lower are drawn as often as customers deal with "
                      "them, instead of each alike."});
    schema.push_back({model + ".threads", whole_number(solver.num_threads),
                      "Parts that are learned at once without locks; 1: the same seed gives the "
                      "same model; 0: as many as training.threads.",
                      0, 1'024});
    schema.push_back({model + ".half_life_days", strength.half_life_days,
                      "Days after which an event counts half when scoring; 0: never.", 0, 36'500});
}

void read_pairwise(const Config& config, const std::string& model, std::uint64_t seed,
                   PairwiseOptions& solver, StrengthOptions& strength) {
    const auto size = [&](const char* key) { return size_of(config, model + key); };
    solver.num_factors = size(".factors");
    solver.num_epochs = size(".epochs");
    solver.learning_rate = config.number(model + ".learning_rate");
    solver.regularization = config.number(model + ".regularization");
    solver.max_norm = config.number(model + ".max_norm");
    solver.negatives = config.boolean(model + ".popular_negatives") ? NegativeSampling::kPopularity
                                                                    : NegativeSampling::kUniform;
    solver.num_threads = size(".threads");
    solver.seed = seed;
    strength.half_life_days = config.number(model + ".half_life_days");
}

void add_biased_mf(std::vector<Setting>& schema, const BiasedMfOptions& base) {
    schema.push_back({"biased_mf.factors", whole_number(base.solver.num_factors),
                      "Numbers that describe a product.", 1, 512});
    schema.push_back({"biased_mf.epochs", whole_number(base.solver.num_epochs),
                      "Rounds over all ratings.", 1, 10'000});
    schema.push_back({"biased_mf.learning_rate", base.solver.learning_rate,
                      "How far a rating moves what it touches.", 1e-6, 10});
    schema.push_back({"biased_mf.regularization", base.solver.regularization,
                      "How strongly biases and factors are drawn to zero.", 1e-6, 10});
    schema.push_back({"biased_mf.negatives", whole_number(base.solver.num_negatives),
                      "Products not dealt with that count as rated 0, for each one dealt with.", 0,
                      1'000});
    schema.push_back({"biased_mf.half_life_days", base.strength.half_life_days,
                      "Days after which an event counts half; 0: never.", 0, 36'500});
}

void read_biased_mf(const Config& config, std::uint64_t seed, BiasedMfOptions& options) {
    options.solver.num_factors = size_of(config, "biased_mf.factors");
    options.solver.num_epochs = size_of(config, "biased_mf.epochs");
    options.solver.learning_rate = config.number("biased_mf.learning_rate");
    options.solver.regularization = config.number("biased_mf.regularization");
    options.solver.num_negatives = size_of(config, "biased_mf.negatives");
    options.solver.seed = seed;
    options.strength.half_life_days = config.number("biased_mf.half_life_days");
}

}  // namespace

void add_sgd_settings(std::vector<Setting>& schema) {
    const ModelOptions base;
    add_pairwise(schema, "bpr", base.bpr.solver, base.bpr.model.strength);
    add_pairwise(schema, "warp", base.warp.solver, base.warp.model.strength);
    schema.push_back({"warp.max_draws", whole_number(base.warp.solver.max_draws),
                      "Products that are tried until one ranks too high.", 1, 100'000});
    add_biased_mf(schema, base.biased_mf);
}

void read_sgd_settings(const Config& config, std::uint64_t seed, ModelOptions& options) {
    read_pairwise(config, "bpr", seed, options.bpr.solver, options.bpr.model.strength);
    read_pairwise(config, "warp", seed, options.warp.solver, options.warp.model.strength);
    options.warp.solver.max_draws = size_of(config, "warp.max_draws");
    read_biased_mf(config, seed, options.biased_mf);
}

}  // namespace attune
