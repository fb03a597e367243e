#include "ranking/blend_weights.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/random.hpp"

namespace attune {
namespace {

constexpr double kGrid = 1e9;  // weights that agree to 1e-9 are one place

class Search {
 public:
    Search(const BlendObjective& objective, std::size_t max_evaluations)
        : objective_(objective), max_evaluations_(max_evaluations) {}

    /// The objective's value; none when the evaluations are used up or it failed.
    std::optional<double> evaluate(const std::vector<double>& weights) {
        std::vector<std::int64_t> place;
        for (const double weight : weights) place.push_back(std::llround(weight * kGrid));
        if (const auto found = seen_.find(place); found != seen_.end()) return found->second;
        if (failure_ || learned_.trace.size() >= max_evaluations_) return std::nullopt;
        const Result<double> judged = objective_(weights);
        if (!judged) {
            failure_ = judged.error();
            return std::nullopt;
        }
        const double value = *judged;
        if (!std::isfinite(value)) {
            failure_ = Error{ErrorCode::kInvalidArgument,
                             fmt::format("the objective of the blend's weights gave {}", value)};
            return std::nullopt;
        }
        seen_.emplace(std::move(place), value);
        learned_.trace.push_back({weights, value});
        if (learned_.trace.size() == 1 || value > learned_.value) {
            learned_.weights = weights;
            learned_.value = value;
        }
        return value;
    }

    /// Climbs from `trial` by moving `step` of weight between two models while that helps.
    void climb(BlendTrial& trial, double step) {
        bool moved = true;
        while (moved) {
            const auto best = best_neighbour(trial, step);
            moved = best.has_value();
            if (moved) trial = *best;
        }
    }

    Result<LearnedWeights> finish() {
        if (failure_) return fail(*failure_);
        return std::move(learned_);
    }

 private:
    /// The best place one move away if it is better than `trial`.
    std::optional<BlendTrial> best_neighbour(const BlendTrial& trial, double step) {
        std::optional<BlendTrial> best;
        for (std::size_t from = 0; from < trial.weights.size(); ++from) {
            const double moved = std::min(step, trial.weights[from]);
            if (moved <= 0) continue;
            for (std::size_t to = 0; to < trial.weights.size(); ++to) {
                if (from == to) continue;
                std::vector<double> weights = trial.weights;
                weights[to] += moved;
                weights[from] = moved == trial.weights[from] ? 0 : weights[from] - moved;
                const auto value = evaluate(weights);
                if (value && *value > (best ? best->value : trial.value)) {
                    best = BlendTrial{std::move(weights), *value};
                }
            }
        }
        return best;
    }

    const BlendObjective& objective_;
    std::size_t max_evaluations_;
    std::map<std::vector<std::int64_t>, double> seen_;
    LearnedWeights learned_;
    std::optional<Error> failure_;
};

std::vector<std::vector<double>> starting_places(std::size_t num_models,
                                                 const BlendSearchOptions& options) {
    std::vector<std::vector<double>> starts;
    starts.emplace_back(num_models, 1.0 / static_cast<double>(num_models));
    for (std::size_t m = 0; m < num_models; ++m) {
        starts.emplace_back(num_models, 0.0);
        starts.back()[m] = 1;
    }
    Random random(options.seed);
    for (std::size_t s = 0; s < options.num_random_starts; ++s) {
        // Exponential draws over their sum are uniform on the simplex.
        std::vector<double> weights(num_models);
        double sum = 0;
        for (double& weight : weights) {
            weight = -std::log(1 - random.uniform());
            sum += weight;
        }
        if (sum <= 0) continue;
        for (double& weight : weights) weight /= sum;
        starts.push_back(std::move(weights));
    }
    return starts;
}

Status check(std::size_t num_models, const BlendSearchOptions& options) {
    if (num_models == 0) {
        return fail(ErrorCode::kInvalidArgument, "a blend needs at least one model");
    }
    if (!(options.last_step > 0 && options.last_step <= options.first_step &&
          options.first_step <= 1)) {
        return fail(ErrorCode::kInvalidArgument,
                    "the steps of the blend's search run from {} down to {}; they take "
                    "0 < last_step <= first_step <= 1",
                    options.first_step, options.last_step);
    }
    if (options.max_evaluations == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "max_evaluations is 0; the search needs at least one");
    }
    return {};
}

}  // namespace

Result<LearnedWeights> learn_blend_weights(std::size_t num_models, const BlendObjective& objective,
                                           const BlendSearchOptions& options) {
    ATTUNE_TRY(check(num_models, options));
    Search search(objective, options.max_evaluations);
    std::vector<BlendTrial> starts;
    for (std::vector<double>& weights : starting_places(num_models, options)) {
        const auto value = search.evaluate(weights);
        if (value) starts.push_back({std::move(weights), *value});
    }
    std::stable_sort(starts.begin(), starts.end(),
                     [](const BlendTrial& a, const BlendTrial& b) { return a.value > b.value; });
    if (starts.size() > options.num_refined_starts) starts.resize(options.num_refined_starts);
    for (BlendTrial& trial : starts) {
        for (double step = options.first_step; step >= options.last_step; step /= 2) {
            search.climb(trial, step);
        }
    }
    return search.finish();
}

}  // namespace attune
