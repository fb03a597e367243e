#include "serving/settings_linear.hpp"

namespace attune {
namespace {

std::int64_t whole(std::size_t value) {
    return static_cast<std::int64_t>(value);
}

std::size_t size_of(const Config& config, std::string_view key) {
    return static_cast<std::size_t>(config.integer(key));
}

void add_ease(std::vector<Setting>& schema) {
    const EaseOptions base;
    schema.push_back({"ease.regularization", base.regularization,
                      "How strongly weights are drawn to zero.", 1e-9, 1e9});
    schema.push_back({"ease.half_life_days", base.regression.target_half_life_days,
                      "Days after which a purchase counts half for what is recommended; 0: never.",
                      0, 36'500});
    schema.push_back({"ease.max_weights", whole(base.max_weights),
                      "Strongest weights kept of each product; 0: all.", 0, 100'000});
    schema.push_back({"ease.max_products", whole(base.max_products),
                      "Products with events that a training may have; more are refused, for it "
                      "takes 4 bytes times their square (20000: 1.6 GB).",
                      1, 100'000});
    schema.push_back({"ease.double_precision", base.precision == Precision::kDouble,
                      "Whether to compute with 8 bytes a number in place of 4."});
}

}  // namespace

void add_linear_settings(std::vector<Setting>& schema) {
    add_ease(schema);
}

void set_linear_options(const Config& config, std::uint64_t /*seed*/, ModelOptions& options) {
    EaseOptions& ease = options.ease;
    ease.regularization = config.number("ease.regularization");
    ease.regression.target_half_life_days = config.number("ease.half_life_days");
    ease.max_weights = size_of(config, "ease.max_weights");
    ease.max_products = size_of(config, "ease.max_products");
    ease.precision =
        config.boolean("ease.double_precision") ? Precision::kDouble : Precision::kFloat;
}

}  // namespace attune
