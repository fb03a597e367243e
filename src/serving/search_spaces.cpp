#include "serving/search_spaces.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "core/random.hpp"

namespace attune {
namespace {

using nlohmann::json;
using Field = std::variant<double*, std::size_t*>;
using Kind = SearchDimension::Kind;

SearchParameter real(std::string name, double minimum, double maximum,
                     Field (*field)(ModelOptions&)) {
    return {{std::move(name), Kind::kReal, minimum, maximum, true, {}}, field};
}

SearchParameter whole(std::string name, double minimum, double maximum,
                      Field (*field)(ModelOptions&)) {
    return {{std::move(name), Kind::kWhole, minimum, maximum, true, {}}, field};
}

SearchParameter half_life(Field (*field)(ModelOptions&)) {
    return {{"half_life_days", Kind::kChoice, 0, 0, false, {0, 7, 14, 30, 60, 120, 240}}, field};
}

/// Sweeps, epochs, rounds: what a search does not draw but spends less of on a small budget.
SearchParameter effort(std::string name, Field (*field)(ModelOptions&)) {
    return {{std::move(name), Kind::kWhole, 1, 100'000, true, {}}, field, true};
}

using Spaces = std::map<std::string, std::vector<SearchParameter>, std::less<>>;

void add_neighbour_spaces(Spaces& spaces) {
    spaces["popularity"] = {
        half_life([](ModelOptions& o) -> Field { return &o.popularity.strength.half_life_days; })};
    spaces["content"] = {
        half_life([](ModelOptions& o) -> Field { return &o.content.half_life_days; })};
    spaces["cohort"] = {real("prior_customers", 1, 100,
                             [](ModelOptions& o) -> Field { return &o.cohort.prior_customers; })};
    spaces["item_knn"] = {
        half_life([](ModelOptions& o) -> Field { return &o.item_knn.target_half_life_days; }),
        whole("neighbours", 5, 500,
              [](ModelOptions& o) -> Field { return &o.item_knn.similarity.num_neighbours; })};
    spaces["user_knn"] = {
        half_life([](ModelOptions& o) -> Field { return &o.user_knn.target_half_life_days; }),
        whole("neighbours", 10, 1'000,
              [](ModelOptions& o) -> Field { return &o.user_knn.num_neighbours; })};
    spaces["ease"] = {half_life([](ModelOptions& o) -> Field {
                          return &o.ease.regression.target_half_life_days;
                      }),
                      real("regularization", 0.01, 1'000,
                           [](ModelOptions& o) -> Field { return &o.ease.regularization; })};
}

void add_linear_spaces(Spaces& spaces) {
    spaces["slim"] = {
        real("l1", 1e-4, 0.3, [](ModelOptions& o) -> Field { return &o.slim.solver.l1; }),
        real("l2", 1e-3, 10, [](ModelOptions& o) -> Field { return &o.slim.solver.l2; })};
    spaces["svd"] = {
        half_life([](ModelOptions& o) -> Field { return &o.svd.strength.half_life_days; }),
        whole("rank", 4, 256, [](ModelOptions& o) -> Field { return &o.svd.solver.rank; })};
    spaces["markov"] = {half_life([](ModelOptions& o) -> Field {
                            return &o.markov.transitions.target_half_life_days;
                        }),
                        whole("max_steps", 1, 10, [](ModelOptions& o) -> Field {
                            return &o.markov.transitions.max_steps;
                        })};
    spaces["session_knn"] = {
        half_life([](ModelOptions& o) -> Field { return &o.session_knn.target_half_life_days; }),
        real("session_gap_minutes", 10, 20'000,
             [](ModelOptions& o) -> Field { return &o.session_knn.session_gap_minutes; })};
}

void add_als_space(Spaces& spaces) {
    spaces["als"] = {
        half_life([](ModelOptions& o) -> Field { return &o.als.strength.half_life_days; }),
        whole("factors", 8, 256,
              [](ModelOptions& o) -> Field { return &o.als.solver.num_factors; }),
        real("regularization", 1e-4, 0.1,
             [](ModelOptions& o) -> Field { return &o.als.solver.objective.regularization; }),
        real("unobserved_weight", 0.01, 2,
             [](ModelOptions& o) -> Field { return &o.als.solver.objective.unobserved_weight; }),
        effort("sweeps", [](ModelOptions& o) -> Field { return &o.als.solver.num_sweeps; })};
}

void add_descent_spaces(Spaces& spaces) {
    spaces["bpr"] = {
        half_life([](ModelOptions& o) -> Field { return &o.bpr.model.strength.half_life_days; }),
        whole("factors", 8, 256,
              [](ModelOptions& o) -> Field { return &o.bpr.solver.num_factors; }),
        real("learning_rate", 0.01, 0.5,
             [](ModelOptions& o) -> Field { return &o.bpr.solver.learning_rate; }),
        real("regularization", 1e-4, 0.1,
             [](ModelOptions& o) -> Field { return &o.bpr.solver.regularization; }),
        effort("epochs", [](ModelOptions& o) -> Field { return &o.bpr.solver.num_epochs; })};
    spaces["warp"] = {
        half_life([](ModelOptions& o) -> Field { return &o.warp.model.strength.half_life_days; }),
        whole("factors", 8, 256,
              [](ModelOptions& o) -> Field { return &o.warp.solver.num_factors; }),
        real("learning_rate", 0.003, 0.1,
             [](ModelOptions& o) -> Field { return &o.warp.solver.learning_rate; }),
        real("regularization", 1e-4, 0.1,
             [](ModelOptions& o) -> Field { return &o.warp.solver.regularization; }),
        whole("max_draws", 5, 200,
              [](ModelOptions& o) -> Field { return &o.warp.solver.max_draws; }),
        effort("epochs", [](ModelOptions& o) -> Field { return &o.warp.solver.num_epochs; })};
    spaces["biased_mf"] = {
        half_life([](ModelOptions& o) -> Field { return &o.biased_mf.strength.half_life_days; }),
        whole("factors", 4, 128,
              [](ModelOptions& o) -> Field { return &o.biased_mf.solver.num_factors; }),
        real("learning_rate", 0.003, 0.1,
             [](ModelOptions& o) -> Field { return &o.biased_mf.solver.learning_rate; }),
        real("regularization", 1e-3, 0.3,
             [](ModelOptions& o) -> Field { return &o.biased_mf.solver.regularization; }),
        whole("negatives", 1, 10,
              [](ModelOptions& o) -> Field { return &o.biased_mf.solver.num_negatives; }),
        effort("epochs", [](ModelOptions& o) -> Field { return &o.biased_mf.solver.num_epochs; })};
}

void add_tree_space(Spaces& spaces) {
    spaces["propensity"] = {
        whole("max_depth", 2, 8,
              [](ModelOptions& o) -> Field { return &o.propensity.trees.max_depth; }),
        real("learning_rate", 0.02, 0.3,
             [](ModelOptions& o) -> Field { return &o.propensity.trees.learning_rate; }),
        effort("rounds", [](ModelOptions& o) -> Field { return &o.propensity.trees.num_rounds; })};
}

double value_of(const SearchParameter& parameter, ModelOptions& options) {
    const Field field = parameter.field(options);
    if (const auto* number = std::get_if<double*>(&field)) return **number;
    return static_cast<double>(*std::get<std::size_t*>(field));
}

void set_value(const SearchParameter& parameter, double value, ModelOptions& options) {
    const Field field = parameter.field(options);
    if (const auto* number = std::get_if<double*>(&field)) {
        **number = value;
    } else {
        *std::get<std::size_t*>(field) = static_cast<std::size_t>(value);
    }
}

/// The choice that these options are, with its parameters for reports.
ParameterChoice choice_of(std::string_view model, ModelOptions options) {
    json parameters = json::object();
    for (const SearchParameter& parameter : search_parameters(model)) {
        const double value = value_of(parameter, options);
        json& entry = parameters[parameter.dimension.name];
        if (std::holds_alternative<std::size_t*>(parameter.field(options))) {
            entry = static_cast<std::size_t>(value);
        } else {
            entry = value;
        }
    }
    return {std::move(options), std::move(parameters)};
}

}  // namespace

std::span<const SearchParameter> search_parameters(std::string_view model) {
    static const Spaces spaces = [] {
        Spaces all;
        add_neighbour_spaces(all);
        add_linear_spaces(all);
        add_als_space(all);
        add_descent_spaces(all);
        add_tree_space(all);
        return all;
    }();
    const auto found = spaces.find(model);
    if (found == spaces.end()) return {};
    return found->second;
}

Result<std::vector<ParameterChoice>> drawn_choices(std::string_view model, const ModelOptions& base,
                                                   std::size_t count, std::uint64_t seed) {
    if (count == 0) return fail(ErrorCode::kInvalidArgument, "a search makes one trial at least");
    std::vector<SearchDimension> space;
    std::vector<const SearchParameter*> parameters;
    for (const SearchParameter& parameter : search_parameters(model)) {
        if (parameter.is_effort) continue;
        space.push_back(parameter.dimension);
        parameters.push_back(&parameter);
    }
    if (space.empty()) {
        return fail(ErrorCode::kInvalidArgument, "{} has no parameters to search", model);
    }
    std::vector<ParameterChoice> choices{choice_of(model, base)};
    ATTUNE_ASSIGN(const auto drawn, draw_parameters(space, count - 1, seed));
    for (const ParameterValues& values : drawn) {
        ModelOptions options = base;
        for (std::size_t i = 0; i < values.size(); ++i) {
            set_value(*parameters[i], values[i], options);
        }
        choices.push_back(choice_of(model, std::move(options)));
    }
    return choices;
}

bool scale_effort(std::string_view model, double budget, ModelOptions& options) {
    bool scaled = false;
    for (const SearchParameter& parameter : search_parameters(model)) {
        if (!parameter.is_effort) continue;
        const double value = std::round(budget * value_of(parameter, options));
        set_value(parameter, std::max(1.0, value), options);
        scaled = true;
    }
    return scaled;
}

TrainingData share_of_customers(const TrainingData& data, double share, std::uint64_t seed) {
    std::vector<std::size_t> drawn(data.num_customers());
    for (std::size_t c = 0; c < drawn.size(); ++c) drawn[c] = c;
    Random(seed).shuffle(drawn);
    const double count = std::ceil(share * static_cast<double>(drawn.size()));
    drawn.resize(std::min(drawn.size(), static_cast<std::size_t>(count)));
    std::sort(drawn.begin(), drawn.end());
    TrainingData part{data.catalogue, {}, {}, {0}, data.as_of};
    for (const std::size_t c : drawn) {
        const auto history = data.history(CustomerIndex(c));
        part.customers.push_back(data.customers[c]);
        part.interactions.insert(part.interactions.end(), history.begin(), history.end());
        part.offsets.push_back(part.interactions.size());
    }
    return part;
}

}  // namespace attune
