#include "serving/model_choice.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "evaluation/blend_tuner.hpp"
#include "evaluation/parameter_search.hpp"
#include "serving/search_spaces.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTrials = 10'000;

/// Passes on only that the work should stop: the trials are counted, not what is within them.
class WithinTrial final : public Progress {
 public:
    explicit WithinTrial(const Progress& outer) : outer_(outer) {}
    void begin(std::string_view, std::uint64_t) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return outer_.cancelled(); }

 private:
    const Progress& outer_;
};

/// Fits candidates on the data before the slice and keeps the best whole one.
class Trials {
 public:
    Trials(const std::string& name, const TimeSplit& split, const TrainingOptions& options,
           const std::vector<ParameterChoice>& choices, ThreadPool& pool, Progress& progress)
        : name_(name),
          split_(split),
          options_(options),
          choices_(choices),
          pool_(pool),
          progress_(progress) {}

    Result<double> run(std::size_t candidate, double budget) {
        const auto start = std::chrono::steady_clock::now();
        const Result<double> value = fit_and_measure(candidate, budget);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        seconds_.push_back(taken.count());
        return value;
    }

    [[nodiscard]] std::shared_ptr<const Recommender> best() const { return best_; }

    [[nodiscard]] json table(const std::vector<CandidateTrial>& trials) const {
        json table = json::array();
        for (std::size_t i = 0; i < trials.size(); ++i) {
            json row{{"parameters", choices_[trials[i].candidate].parameters},
                     {"budget", trials[i].budget},
                     {"seconds", seconds_[i]}};
            if (trials[i].value) row["ndcg"] = *trials[i].value;
            if (!trials[i].value) row["error"] = trials[i].error;
            table.push_back(std::move(row));
        }
        return table;
    }

 private:
    Result<double> fit_and_measure(std::size_t candidate, double budget) {
        ModelOptions options = choices_[candidate].options;
        options.als.measured = false;
        const TrainingData* data = &split_.train;
        if (budget < 1 && !scale_effort(name_, budget, options)) data = &part(budget);
        ATTUNE_ASSIGN(std::shared_ptr<const Recommender> model,
                      fit_model(name_, *data, options, pool_, progress_));
        ATTUNE_ASSIGN(const double ndcg, validation_ndcg(*model));
        if (budget == 1 && (!best_ || ndcg > best_ndcg_)) {
            best_ = std::move(model);
            best_ndcg_ = ndcg;
        }
        return ndcg;
    }

    const TrainingData& part(double share) {
        const auto found = parts_.find(share);
        if (found != parts_.end()) return found->second;
        return parts_.emplace(share, share_of_customers(split_.train, share, options_.seed))
            .first->second;
    }

    Result<double> validation_ndcg(const Recommender& model) {
        const std::vector<ScoredModel> scored{scored_model(std::string(model.name()), model)};
        BlendTunerOptions tuner_options;
        tuner_options.k = options_.k;
        ATTUNE_ASSIGN(const BlendTuner tuner,
                      BlendTuner::create(split_, scored, tuner_options, pool_));
        return tuner.ndcg_of_blend(std::array{1.0}, pool_);
    }

    const std::string& name_;
    const TimeSplit& split_;
    const TrainingOptions& options_;
    const std::vector<ParameterChoice>& choices_;
    ThreadPool& pool_;
    Progress& progress_;
    std::map<double, TrainingData> parts_;
    std::vector<double> seconds_;  ///< by trial
    std::shared_ptr<const Recommender> best_;
    double best_ndcg_ = 0;
};

bool is_searched(const std::string& name, const TrainingOptions& options) {
    if (options.search == ParameterSearch::kNone) return false;
    const auto& named = options.search_models;
    if (named.empty()) return !search_parameters(name).empty();
    return std::find(named.begin(), named.end(), name) != named.end();
}

}  // namespace

Result<std::vector<ParameterChoice>> choices_to_try(const std::string& name,
                                                    const TrainingOptions& options) {
    if (is_searched(name, options)) {
        return drawn_choices(name, options.base, options.num_trials, options.seed);
    }
    std::vector<ParameterChoice> choices = parameter_choices(name, options.base);
    if (!options.tune) choices.resize(1);
    return choices;
}

Result<ModelChoice> choose_model(const std::string& name, const TimeSplit& split,
                                 const TrainingOptions& options, ThreadPool& pool,
                                 Progress& progress, nlohmann::json& report) {
    ATTUNE_ASSIGN(const std::vector<ParameterChoice> choices, choices_to_try(name, options));
    const bool searched = is_searched(name, options);
    CandidateSearchOptions search;
    search.stage = (searched ? "searching " : "trying ") + name;
    if (searched && options.search == ParameterSearch::kHalving) {
        search.budget = SearchBudget::kHalving;
    }
    // A single candidate tells how far its fit is, many how many are done.
    WithinTrial within(progress);
    const bool single = choices.size() == 1;
    Progress& of_fits = single ? progress : within;
    Progress& of_trials = single ? within : progress;
    Trials trials(name, split, options, choices, pool, of_fits);
    ATTUNE_ASSIGN(const CandidateSearchResult found, search_candidates(
                                                         choices.size(),
                                                         [&](std::size_t candidate, double budget) {
                                                             return trials.run(candidate, budget);
                                                         },
                                                         search, of_trials));
    report["trials"] = trials.table(found.trials);
    report["validation_ndcg"] = found.value;
    if (searched) {
        report["search"] = {{"method", parameter_search_name(options.search)},
                            {"candidates", choices.size()},
                            {"budget", found.spent}};
    }
    return ModelChoice{choices[found.best], trials.best()};
}

Status check_search(const TrainingOptions& options) {
    if (options.search == ParameterSearch::kNone) return {};
    if (options.num_trials < 1 || options.num_trials > kMostTrials) {
        return fail(ErrorCode::kInvalidArgument, "search: {} trials; there may be 1 to {}",
                    options.num_trials, kMostTrials);
    }
    for (const std::string& name : options.search_models) {
        if (std::find(options.models.begin(), options.models.end(), name) == options.models.end()) {
            return fail(ErrorCode::kInvalidArgument,
                        "search: '{}' is not among the recommenders to train; add it to "
                        "training.models",
                        name);
        }
        if (search_parameters(name).empty()) {
            return fail(ErrorCode::kInvalidArgument, "search: {} has no parameters to search",
                        name);
        }
    }
    return {};
}

std::string_view parameter_search_name(ParameterSearch search) {
    switch (search) {
        case ParameterSearch::kNone:
            return "none";
        case ParameterSearch::kRandom:
            return "random";
        case ParameterSearch::kHalving:
            return "halving";
    }
    return "none";
}

Result<ParameterSearch> parse_parameter_search(std::string_view name) {
    for (const auto search :
         {ParameterSearch::kNone, ParameterSearch::kRandom, ParameterSearch::kHalving}) {
        if (name == parameter_search_name(search)) return search;
    }
    return fail(ErrorCode::kInvalidArgument, "there is no search '{}'; there are random, halving",
                name);
}

}  // namespace attune
