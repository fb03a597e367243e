#include "evaluation/parameter_search.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "core/random.hpp"

namespace attune {
namespace {

using Kind = SearchDimension::Kind;

Status check(const SearchDimension& dimension) {
    if (dimension.kind == Kind::kChoice) {
        if (!dimension.choices.empty()) return {};
        return fail(ErrorCode::kInvalidArgument, "parameter {}: there is nothing to choose from",
                    dimension.name);
    }
    const bool finite = std::isfinite(dimension.minimum) && std::isfinite(dimension.maximum);
    if (!finite || dimension.minimum > dimension.maximum) {
        return fail(ErrorCode::kInvalidArgument,
                    "parameter {}: {} to {} is no range; the first must not be above the second",
                    dimension.name, dimension.minimum, dimension.maximum);
    }
    if (dimension.logarithmic && dimension.minimum <= 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "parameter {}: a logarithmic range begins above 0, not at {}", dimension.name,
                    dimension.minimum);
    }
    return {};
}

double draw(const SearchDimension& dimension, Random& random) {
    if (dimension.kind == Kind::kChoice) {
        return dimension.choices[random.below(dimension.choices.size())];
    }
    // Whole numbers own half a unit on either side, so that both ends are drawn like others.
    const double margin = dimension.kind == Kind::kWhole ? 0.5 : 0;
    double value = 0;
    if (dimension.logarithmic) {
        const double low = std::log(std::max(dimension.minimum - margin, dimension.minimum / 2));
        const double high = std::log(dimension.maximum + margin);
        value = std::exp(low + (high - low) * random.uniform());
    } else {
        const double low = dimension.minimum - margin;
        value = low + (dimension.maximum + margin - low) * random.uniform();
    }
    if (dimension.kind == Kind::kWhole) value = std::round(value);
    return std::clamp(value, dimension.minimum, dimension.maximum);
}

/// Runs candidates and keeps the table.
class Search {
 public:
    /// @param num_planned  trials that `progress` was told of
    Search(const CandidateObjective& objective, std::size_t num_planned, Progress& progress)
        : objective_(objective), num_planned_(num_planned), progress_(progress) {}

    /// Tries the candidates with the budget; returns those that did not fail, best first. When all
    /// fail, those that earlier rounds left behind are tried one by one until one does not.
    Result<std::vector<std::size_t>> round(const std::vector<std::size_t>& candidates,
                                           double budget) {
        ATTUNE_ASSIGN(std::vector<std::size_t> order, try_all(candidates, budget));
        while (order.empty() && !left_behind_.empty()) {
            const std::size_t next = left_behind_.front();
            left_behind_.pop_front();
            ATTUNE_ASSIGN(order, try_all({next}, budget));
        }
        return order;
    }

    /// Leaves all but the first `count` behind, before those of earlier rounds.
    void keep_best(std::vector<std::size_t>& order, std::size_t count) {
        if (order.size() <= count) return;
        const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
        left_behind_.insert(left_behind_.begin(), end, order.end());
        order.erase(end, order.end());
    }

    Result<CandidateSearchResult> finish(const std::vector<std::size_t>& order) {
        if (order.empty()) {
            const auto failed =
                std::find_if(result_.trials.begin(), result_.trials.end(),
                             [](const CandidateTrial& trial) { return !trial.value; });
            if (result_.trials.size() == 1) {
                return fail(ErrorCode::kInvalidArgument, "{}", failed->error);
            }
            return fail(ErrorCode::kInvalidArgument, "every candidate failed; the first: {}",
                        failed->error);
        }
        result_.best = order.front();
        progress_.end();
        return std::move(result_);
    }

 private:
    Result<std::vector<std::size_t>> try_all(const std::vector<std::size_t>& candidates,
                                             double budget) {
        std::vector<std::pair<double, std::size_t>> values;
        for (const std::size_t candidate : candidates) {
            if (progress_.cancelled()) {
                return fail(ErrorCode::kCancelled, "the search was stopped");
            }
            CandidateTrial trial{candidate, budget, std::nullopt, {}};
            const Result<double> value = objective_(candidate, budget);
            if (!value && value.error().code != ErrorCode::kInvalidArgument) {
                return tl::unexpected(value.error());
            }
            if (!value) {
                trial.error = value.error().message;
            } else if (!std::isfinite(*value)) {
                trial.error = "its value is not a number";
            } else {
                trial.value = *value;
                values.emplace_back(*value, candidate);
            }
            result_.spent += budget;
            result_.trials.push_back(std::move(trial));
            progress_.advance(std::min(result_.trials.size(), num_planned_));
        }
        std::stable_sort(values.begin(), values.end(),
                         [](const auto& a, const auto& b) { return a.first > b.first; });
        std::vector<std::size_t> order;
        for (const auto& [value, candidate] : values) order.push_back(candidate);
        if (!values.empty()) result_.value = values.front().first;
        return order;
    }

    const CandidateObjective& objective_;
    std::size_t num_planned_;
    Progress& progress_;
    std::deque<std::size_t> left_behind_;  ///< did not fail, did not go on; the next to try first
    CandidateSearchResult result_;
};

/// How many of `count` go on.
std::size_t survivors(std::size_t count, double reduction) {
    return std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ceil(static_cast<double>(count) / reduction)));
}

/// The budgets of the rounds, the last 1.
std::vector<double> budgets_of(std::size_t num_candidates, const CandidateSearchOptions& options) {
    std::vector<double> budgets{1};
    if (options.budget == SearchBudget::kFull) return budgets;
    double reach = options.reduction;
    while (reach <= static_cast<double>(num_candidates) && 1 / reach >= options.smallest_budget) {
        budgets.insert(budgets.begin(), 1 / reach);
        reach *= options.reduction;
    }
    return budgets;
}

}  // namespace

Result<std::vector<ParameterValues>> draw_parameters(const std::vector<SearchDimension>& space,
                                                     std::size_t count, std::uint64_t seed) {
    if (space.empty()) {
        return fail(ErrorCode::kInvalidArgument, "there are no parameters to search");
    }
    for (const SearchDimension& dimension : space) ATTUNE_TRY(check(dimension));
    Random random(seed);
    std::vector<ParameterValues> drawn;
    // Small spaces of choices run out; a few draws more tell that.
    constexpr std::size_t kTriesEach = 20;
    for (std::size_t tries = 0; drawn.size() < count && tries < kTriesEach * count; ++tries) {
        ParameterValues values;
        for (const SearchDimension& dimension : space) values.push_back(draw(dimension, random));
        if (std::find(drawn.begin(), drawn.end(), values) == drawn.end()) {
            drawn.push_back(std::move(values));
        }
    }
    return drawn;
}

Result<CandidateSearchResult> search_candidates(std::size_t num_candidates,
                                                const CandidateObjective& objective,
                                                const CandidateSearchOptions& options,
                                                Progress& progress) {
    if (num_candidates == 0) {
        return fail(ErrorCode::kInvalidArgument, "there is no candidate to try");
    }
    if (!(options.reduction >= 1.5 && options.reduction <= 100)) {
        return fail(ErrorCode::kInvalidArgument, "search: reduction is {}; it may be 1.5 to 100",
                    options.reduction);
    }
    if (!(options.smallest_budget > 0 && options.smallest_budget <= 1)) {
        return fail(ErrorCode::kInvalidArgument,
                    "search: smallest_budget is {}; it may be above 0 to 1",
                    options.smallest_budget);
    }
    const std::vector<double> budgets = budgets_of(num_candidates, options);
    std::size_t num_trials = 0;
    std::size_t left = num_candidates;
    for (std::size_t round = 0; round < budgets.size(); ++round) {
        num_trials += left;
        left = survivors(left, options.reduction);
    }
    progress.begin(options.stage, num_trials);
    Search search(objective, num_trials, progress);
    std::vector<std::size_t> candidates(num_candidates);
    for (std::size_t i = 0; i < num_candidates; ++i) candidates[i] = i;
    for (std::size_t round = 0; round < budgets.size(); ++round) {
        const std::size_t started = candidates.size();
        ATTUNE_ASSIGN(candidates, search.round(candidates, budgets[round]));
        if (candidates.empty() || round + 1 == budgets.size()) break;
        search.keep_best(candidates, survivors(started, options.reduction));
    }
    return search.finish(candidates);
}

}  // namespace attune
