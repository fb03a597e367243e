#include "serving/settings_als.hpp"

#include <string>

#include "serving/setting_values.hpp"

namespace attune {

void add_als_settings(std::vector<Setting>& schema) {
    const AlsOptions base;
    const AlsSolverOptions& solver = base.solver;
    const AlsObjective& objective = solver.objective;
    schema.push_back({"als.factors", whole_number(solver.num_factors),
                      "Numbers that describe a product; at most as many as there are products and "
                      "customers are taken.",
                      1, 512});
    schema.push_back({"als.sweeps", whole_number(solver.num_sweeps),
                      "Rounds of alternating solving.", 1, 1'000});
    schema.push_back(
        {"als.method", std::string(als_method_name(solver.method)),
         "How rows are solved: cholesky (exactly), cg (conjugate gradients) or subspace "
         "(iALS++)."});
    schema.push_back({"als.cg_steps", whole_number(solver.num_cg_steps),
                      "Steps of conjugate gradients in each round.", 1, 1'000});
    schema.push_back({"als.block_size", whole_number(solver.block_size),
                      "Factors that subspace solves at once, rounded up to a multiple of 16.", 1,
                      512});
    schema.push_back({"als.loss", std::string(als_loss_name(objective.loss)),
                      "two_weights, or confidence: that of Hu et al., 1 + alpha r with "
                      "als.unobserved_weight 1."});
    schema.push_back({"als.observed_weight", base.observed_weight,
                      "Alpha: weight of a pair for each unit of its strength.", 1e-6, 1e6});
    schema.push_back({"als.unobserved_weight", objective.unobserved_weight,
                      "Weight of the pairs that were not seen.", 0, 1e6});
    schema.push_back({"als.regularization", objective.regularization,
                      "How strongly factors are drawn to zero.", 1e-9, 1e6});
    schema.push_back({"als.regularization_exponent", objective.regularization_exponent,
                      "How regularization grows with the number of pairs; 0: not at all.", 0, 2});
    schema.push_back({"als.half_life_days", base.strength.half_life_days,
                      "Days after which an event counts half; 0: never.", 0, 36'500});
    schema.push_back({"als.exact_search_up_to", whole_number(base.search.exact_up_to),
                      "Products that looking at all reads on average for a list of ALS alone, at "
                      "most; above, an approximate index (HNSW) is searched, whose recall is "
                      "measured. Blends score every product.",
                      1, 100'000'000});
    schema.push_back({"als.search_effort", whole_number(base.search.effort),
                      "Products that a search of the approximate index keeps in view.", 10,
                      100'000});
}

Status read_als_settings(const Config& config, std::uint64_t seed, ModelOptions& options) {
    AlsOptions& als = options.als;
    als.solver.num_factors = size_of(config, "als.factors");
    als.solver.num_sweeps = size_of(config, "als.sweeps");
    als.solver.num_cg_steps = size_of(config, "als.cg_steps");
    als.solver.block_size = size_of(config, "als.block_size");
    als.solver.seed = seed;
    AlsObjective& objective = als.solver.objective;
    objective.regularization = config.number("als.regularization");
    objective.regularization_exponent = config.number("als.regularization_exponent");
    objective.unobserved_weight = config.number("als.unobserved_weight");
    als.observed_weight = config.number("als.observed_weight");
    als.strength.half_life_days = config.number("als.half_life_days");
    als.search.exact_up_to = size_of(config, "als.exact_search_up_to");
    als.search.effort = size_of(config, "als.search_effort");
    als.search.seed = seed;
    const auto method = parse_als_method(config.text("als.method"));
    if (!method) return fail(method.error().at("als.method"));
    als.solver.method = *method;
    const auto loss = parse_als_loss(config.text("als.loss"));
    if (!loss) return fail(loss.error().at("als.loss"));
    objective.loss = *loss;
    return {};
}

}  // namespace attune
