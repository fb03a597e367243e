#include "serving/tuning.hpp"

#include <algorithm>

namespace attune {
namespace {

using nlohmann::json;

/// Adds a candidate with one or two parameters changed, unless it stands there already.
template <typename Change>
void add(std::vector<ParameterChoice>& candidates, const ModelOptions& base, json parameters,
         Change change) {
    const auto same = [&](const ParameterChoice& known) { return known.parameters == parameters; };
    if (std::any_of(candidates.begin(), candidates.end(), same)) return;
    ParameterChoice candidate{base, std::move(parameters)};
    change(candidate.options);
    candidates.push_back(std::move(candidate));
}

std::vector<ParameterChoice> popularity_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    for (const double days : {base.popularity.strength.half_life_days, 3.0, 7.0, 30.0, 0.0}) {
        add(candidates, base, {{"half_life_days", days}},
            [&](ModelOptions& o) { o.popularity.strength.half_life_days = days; });
    }
    return candidates;
}

std::vector<ParameterChoice> item_knn_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const ItemKnnOptions& first = base.item_knn;
    const auto add_one = [&](double days, std::size_t neighbours) {
        add(candidates, base, {{"half_life_days", days}, {"neighbours", neighbours}},
            [&](ModelOptions& o) {
                o.item_knn.target_half_life_days = days;
                o.item_knn.similarity.num_neighbours = neighbours;
            });
    };
    add_one(first.target_half_life_days, first.similarity.num_neighbours);
    // The other similarities do not fade.
    const bool fades = first.similarity.measure == SimilarityMeasure::kWeightedCosine;
    if (!fades) {
        add_one(first.target_half_life_days, 50);
        return candidates;
    }
    for (const double days : {30.0, 40.0, 60.0, 0.0}) {
        for (const std::size_t neighbours : {20UL, 50UL}) add_one(days, neighbours);
    }
    return candidates;
}

std::vector<ParameterChoice> user_knn_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double days, std::size_t neighbours) {
        add(candidates, base, {{"half_life_days", days}, {"neighbours", neighbours}},
            [&](ModelOptions& o) {
                o.user_knn.target_half_life_days = days;
                o.user_knn.num_neighbours = neighbours;
            });
    };
    add_one(base.user_knn.target_half_life_days, base.user_knn.num_neighbours);
    for (const double days : {10.0, 30.0}) {
        for (const std::size_t neighbours : {100UL, 400UL}) add_one(days, neighbours);
    }
    return candidates;
}

std::vector<ParameterChoice> als_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double days, double regularization, double unobserved) {
        add(candidates, base,
            {{"half_life_days", days},
             {"regularization", regularization},
             {"unobserved_weight", unobserved},
             {"factors", base.als.solver.num_factors},
             {"sweeps", base.als.solver.num_sweeps}},
            [&](ModelOptions& o) {
                o.als.strength.half_life_days = days;
                o.als.solver.objective.regularization = regularization;
                o.als.solver.objective.unobserved_weight = unobserved;
            });
    };
    const AlsObjective& first = base.als.solver.objective;
    add_one(base.als.strength.half_life_days, first.regularization, first.unobserved_weight);
    for (const double days : {30.0, 60.0}) {
        for (const double regularization : {0.0015, 0.003}) add_one(days, regularization, 0.4);
    }
    add_one(0, 0.003, 0.4);
    return candidates;
}

std::vector<ParameterChoice> ease_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double days, double regularization) {
        add(candidates, base, {{"half_life_days", days}, {"regularization", regularization}},
            [&](ModelOptions& o) {
                o.ease.regression.target_half_life_days = days;
                o.ease.regularization = regularization;
            });
    };
    add_one(base.ease.regression.target_half_life_days, base.ease.regularization);
    for (const double days : {40.0, 0.0}) {
        for (const double regularization : {0.3, 1.0, 3.0}) add_one(days, regularization);
    }
    return candidates;
}

std::vector<ParameterChoice> slim_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double l1, double l2) {
        add(candidates, base, {{"l1", l1}, {"l2", l2}}, [&](ModelOptions& o) {
            o.slim.solver.l1 = l1;
            o.slim.solver.l2 = l2;
        });
    };
    add_one(base.slim.solver.l1, base.slim.solver.l2);
    for (const double l1 : {0.003, 0.01, 0.03}) add_one(l1, base.slim.solver.l2);
    return candidates;
}

std::vector<ParameterChoice> svd_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double days, std::size_t rank) {
        add(candidates, base, {{"half_life_days", days}, {"rank", rank}}, [&](ModelOptions& o) {
            o.svd.strength.half_life_days = days;
            o.svd.solver.rank = rank;
        });
    };
    add_one(base.svd.strength.half_life_days, base.svd.solver.rank);
    for (const double days : {60.0, 30.0}) {
        for (const std::size_t rank : {16UL, 64UL}) add_one(days, rank);
    }
    return candidates;
}

std::vector<ParameterChoice> markov_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double days, std::size_t steps) {
        add(candidates, base, {{"half_life_days", days}, {"max_steps", steps}},
            [&](ModelOptions& o) {
                o.markov.transitions.target_half_life_days = days;
                o.markov.transitions.max_steps = steps;
            });
    };
    add_one(base.markov.transitions.target_half_life_days, base.markov.transitions.max_steps);
    for (const double days : {20.0, 40.0, 0.0}) {
        for (const std::size_t steps : {1UL, 5UL}) add_one(days, steps);
    }
    return candidates;
}

std::vector<ParameterChoice> session_knn_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const auto add_one = [&](double minutes, double days) {
        add(candidates, base, {{"session_gap_minutes", minutes}, {"half_life_days", days}},
            [&](ModelOptions& o) {
                o.session_knn.session_gap_minutes = minutes;
                o.session_knn.target_half_life_days = days;
            });
    };
    const SessionKnnOptions& first = base.session_knn;
    add_one(first.session_gap_minutes, first.target_half_life_days);
    for (const double minutes : {30.0, 1'440.0, 10'080.0}) {
        for (const double days : {20.0, 40.0}) add_one(minutes, days);
    }
    return candidates;
}

std::vector<ParameterChoice> content_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    for (const double days : {base.content.half_life_days, 180.0, 60.0, 0.0}) {
        add(candidates, base, {{"half_life_days", days}},
            [&](ModelOptions& o) { o.content.half_life_days = days; });
    }
    return candidates;
}

/// For BPR and WARP: rates and regularization, and half-lives for scoring.
template <typename Options>
std::vector<ParameterChoice> pairwise_candidates(const ModelOptions& base,
                                                 Options& (*of)(ModelOptions&)) {
    std::vector<ParameterChoice> candidates;
    ModelOptions copy = base;
    const Options& first = of(copy);
    const auto add_one = [&](double days, double rate, double regularization) {
        add(candidates, base,
            {{"half_life_days", days},
             {"learning_rate", rate},
             {"regularization", regularization},
             {"factors", first.solver.num_factors},
             {"epochs", first.solver.num_epochs}},
            [&](ModelOptions& o) {
                of(o).model.strength.half_life_days = days;
                of(o).solver.learning_rate = rate;
                of(o).solver.regularization = regularization;
            });
    };
    const double rate = first.solver.learning_rate;
    const double regularization = first.solver.regularization;
    add_one(first.model.strength.half_life_days, rate, regularization);
    for (const double days : {30.0, 60.0}) add_one(days, rate, regularization);
    add_one(30, rate, 4 * regularization);
    return candidates;
}

std::vector<ParameterChoice> biased_mf_candidates(const ModelOptions& base) {
    std::vector<ParameterChoice> candidates;
    const BiasedMfOptions& first = base.biased_mf;
    const auto add_one = [&](double days, double regularization) {
        add(candidates, base,
            {{"half_life_days", days},
             {"regularization", regularization},
             {"factors", first.solver.num_factors},
             {"epochs", first.solver.num_epochs}},
            [&](ModelOptions& o) {
                o.biased_mf.strength.half_life_days = days;
                o.biased_mf.solver.regularization = regularization;
            });
    };
    add_one(first.strength.half_life_days, first.solver.regularization);
    add_one(60, first.solver.regularization);
    add_one(0, 0.1);
    return candidates;
}

}  // namespace

std::vector<ParameterChoice> parameter_choices(std::string_view model, const ModelOptions& base) {
    if (model == "popularity") return popularity_candidates(base);
    if (model == "item_knn") return item_knn_candidates(base);
    if (model == "user_knn") return user_knn_candidates(base);
    if (model == "als") return als_candidates(base);
    if (model == "ease") return ease_candidates(base);
    if (model == "slim") return slim_candidates(base);
    if (model == "session_knn") return session_knn_candidates(base);
    if (model == "svd") return svd_candidates(base);
    if (model == "markov") return markov_candidates(base);
    if (model == "content") return content_candidates(base);
    if (model == "biased_mf") return biased_mf_candidates(base);
    if (model == "bpr") {
        return pairwise_candidates<BprOptions>(
            base, [](ModelOptions& options) -> BprOptions& { return options.bpr; });
    }
    if (model == "warp") {
        return pairwise_candidates<WarpOptions>(
            base, [](ModelOptions& options) -> WarpOptions& { return options.warp; });
    }
    return {ParameterChoice{base, json::object()}};
}

}  // namespace attune
