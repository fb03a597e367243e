#include "serving/settings_linear.hpp"

#include "serving/setting_values.hpp"

namespace attune {
namespace {

void add_ease(std::vector<Setting>& schema) {
    const EaseOptions base;
    schema.push_back({"ease.regularization", base.regularization,
                      "How strongly weights are drawn to zero.", 1e-9, 1e9});
    schema.push_back({"ease.half_life_days", base.regression.target_half_life_days,
                      "Days after which a purchase counts half for what is recommended; 0: never.",
                      0, 36'500});
    schema.push_back({"ease.max_weights", whole_number(base.max_weights),
                      "Strongest weights kept of each product; 0: all.", 0, 100'000});
    schema.push_back({"ease.max_products", whole_number(base.max_products),
                      "Products with events that a training may have; more are refused, for it "
                      "takes 4 bytes times their square (20000: 1.6 GB).",
                      1, 100'000});
    schema.push_back({"ease.double_precision", base.precision == Precision::kDouble,
                      "Whether to compute with 8 bytes a number in place of 4."});
}

void add_slim(std::vector<Setting>& schema) {
    const SlimOptions base;
    schema.push_back(
        {"slim.l1", base.solver.l1, "More gives fewer weights that are not zero.", 0, 1e9});
    schema.push_back(
        {"slim.l2", base.solver.l2, "How strongly weights are drawn to zero.", 1e-9, 1e9});
    schema.push_back({"slim.half_life_days", base.regression.target_half_life_days,
                      "Days after which a purchase counts half for what is recommended; 0: never.",
                      0, 36'500});
    schema.push_back({"slim.max_weights", whole_number(base.solver.max_weights),
                      "Strongest weights kept of each product; 0: all.", 0, 100'000});
    schema.push_back({"slim.max_memory_mib", whole_number(base.solver.max_memory_mib),
                      "MiB that the co-occurrences of products may take; more are refused.", 1,
                      1'048'576});
}

void add_svd(std::vector<Setting>& schema) {
    const SvdOptions base;
    schema.push_back({"svd.rank", whole_number(base.solver.rank),
                      "Directions kept; a smaller catalogue is described whole.", 1, 2'048});
    schema.push_back({"svd.half_life_days", base.strength.half_life_days,
                      "Days after which an event counts half; 0: never.", 0, 36'500});
    schema.push_back({"svd.spectrum_exponent", base.spectrum_exponent,
                      "How much more the stronger directions count; 0: all the same.", 0, 4});
    schema.push_back({"svd.power_iterations", whole_number(base.solver.power_iterations),
                      "Rounds of refinement; more come closer to the exact directions.", 0, 1'000});
}

}  // namespace

void add_linear_settings(std::vector<Setting>& schema) {
    add_ease(schema);
    add_slim(schema);
    add_svd(schema);
}

void set_linear_options(const Config& config, std::uint64_t seed, ModelOptions& options) {
    EaseOptions& ease = options.ease;
    ease.regularization = config.number("ease.regularization");
    ease.regression.target_half_life_days = config.number("ease.half_life_days");
    ease.max_weights = size_of(config, "ease.max_weights");
    ease.max_products = size_of(config, "ease.max_products");
    ease.precision =
        config.boolean("ease.double_precision") ? Precision::kDouble : Precision::kFloat;
    SlimOptions& slim = options.slim;
    slim.solver.l1 = config.number("slim.l1");
    slim.solver.l2 = config.number("slim.l2");
    slim.regression.target_half_life_days = config.number("slim.half_life_days");
    slim.solver.max_weights = size_of(config, "slim.max_weights");
    slim.solver.max_memory_mib = size_of(config, "slim.max_memory_mib");
    SvdOptions& svd = options.svd;
    svd.solver.rank = size_of(config, "svd.rank");
    svd.solver.power_iterations = size_of(config, "svd.power_iterations");
    svd.solver.seed = seed;
    svd.spectrum_exponent = config.number("svd.spectrum_exponent");
    svd.strength.half_life_days = config.number("svd.half_life_days");
}

}  // namespace attune
