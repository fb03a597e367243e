#include "serving/training.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/random.hpp"
#include "evaluation/blend_tuner.hpp"
#include "ranking/blend_weights.hpp"
#include "serving/model_choice.hpp"
#include "serving/tuning.hpp"

namespace attune {
namespace {

using nlohmann::json;
using SharedModel = std::shared_ptr<const Recommender>;

// These know nothing of a customer without events, and cannot be fitted without any.
constexpr auto kNeedsEvents =
    std::to_array<std::string_view>({"item_knn", "user_knn", "als", "ease", "slim", "svd", "markov",
                                     "session_knn", "bpr", "warp", "biased_mf"});

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The validation slice.
/// @errors kInvalidArgument: the data has no events or all lie within the slice
Result<TimeSplit> validation_split(const TrainingData& data, const TrainingOptions& options) {
    if (data.interactions.empty()) {
        return fail(ErrorCode::kInvalidArgument, "there are no events");
    }
    TimeSplitOptions slice;
    slice.cut = cut_with_enough_to_foresee(data, add_days(data.as_of, -options.validation_days));
    slice.positive_events = PositiveEvents::kAnyWeight;
    return split_by_time(data, slice);
}

class Trainer {
 public:
    Trainer(const TrainingData& data, const TrainingOptions& options, ThreadPool& pool,
            Progress& progress)
        : data_(data),
          options_(options),
          pool_(pool),
          progress_(progress),
          split_(validation_split(data, options)) {}

    Result<TrainedModels> run() {
        trained_.report["left_out"] = json::array();
        trained_.report["models"] = json::array();
        if (split_) {
            trained_.report["validation"] = {{"from", format_timestamp(split_->options.cut)},
                                             {"until", format_timestamp(data_.as_of)},
                                             {"customers", split_->num_customers()},
                                             {"pairs", split_->num_pairs()},
                                             {"metric", fmt::format("ndcg@{}", options_.k)}};
        }
        ATTUNE_TRY(check_search(options_));
        if (!split_ && options_.search != ParameterSearch::kNone) {
            trained_.report["search"] = {{"method", parameter_search_name(options_.search)},
                                         {"skipped", split_.error().message}};
        }
        for (const std::string& name : options_.models) ATTUNE_TRY(train(name));
        if (trained_.models.empty()) {
            return fail(ErrorCode::kInvalidArgument,
                        "no recommender can be trained on this data; training.models names {}",
                        fmt::join(options_.models, ", "));
        }
        ATTUNE_TRY(make_blend());
        ATTUNE_TRY(make_cold_blend());
        return std::move(trained_);
    }

 private:
    Status train(const std::string& name) {
        if (const std::string_view why = reason_to_leave_out(name); !why.empty()) {
            trained_.report["left_out"].push_back({{"name", name}, {"why", why}});
            return {};
        }
        json entry{{"name", name}};
        ATTUNE_ASSIGN(const ParameterChoice chosen, choose(name, entry));
        const auto start = std::chrono::steady_clock::now();
        ATTUNE_ASSIGN(SharedModel model, fit_model(name, data_, chosen.options, pool_, progress_));
        entry["seconds"] = seconds_since(start);
        entry["parameters"] = chosen.parameters;
        for (const ModelFact& fact : model->facts()) {
            std::visit([&](const auto& value) { entry[fact.name] = value; }, fact.value);
        }
        trained_.report["models"].push_back(std::move(entry));
        trained_.models.push_back(std::move(model));
        return {};
    }

    /// Why the data has nothing for the recommender to learn from; empty when it has.
    [[nodiscard]] std::string_view reason_to_leave_out(std::string_view name) const {
        const bool needs_events =
            std::find(kNeedsEvents.begin(), kNeedsEvents.end(), name) != kNeedsEvents.end();
        if (needs_events && data_.interactions.empty()) return "there are no events";
        const bool has_categories =
            std::any_of(data_.catalogue->categories().begin(), data_.catalogue->categories().end(),
                        [](const std::string& category) { return !category.empty(); });
        if (name == "propensity" && !has_categories) return "the products have no categories";
        return {};
    }

    /// The parameters that are best on the validation slice, whose model is kept for the blend.
    Result<ParameterChoice> choose(const std::string& name, json& entry) {
        if (!split_) {
            ATTUNE_ASSIGN(std::vector<ParameterChoice> choices, choices_to_try(name, options_));
            return std::move(choices.front());
        }
        ATTUNE_ASSIGN(ModelChoice chosen,
                      choose_model(name, *split_, options_, pool_, progress_, entry));
        validated_.push_back(std::move(chosen.validated));
        return std::move(chosen.choice);
    }

    /// Views of a seeded sample of customers.
    template <typename View>
    std::vector<CustomerView> sample(std::size_t count, View view) const {
        std::vector<std::size_t> positions(count);
        for (std::size_t i = 0; i < count; ++i) positions[i] = i;
        Random(options_.seed).shuffle(positions);
        positions.resize(std::min(count, options_.max_scale_customers));
        std::vector<CustomerView> views;
        views.reserve(positions.size());
        for (const std::size_t position : positions) views.push_back(view(position));
        return views;
    }

    Status make_blend() {
        if (data_.interactions.empty() && options_.blend_weights.empty()) return {};
        // The weights are learned of the models before the slice, each at its own scale; the models
        // on all data score on other scales, which the same customers tell as they are now.
        const std::vector<double> scales = learn_scales(
            trained_.models,
            split_ ? sample(split_->num_customers(),
                            [&](std::size_t i) { return data_.view(split_->customers[i]); })
                   : sample(data_.num_customers(),
                            [&](std::size_t i) { return data_.view(CustomerIndex(i)); }),
            data_.num_products());
        std::vector<double> weights;
        json& report = trained_.report["blend"];
        if (options_.blend_weights.empty() && !split_) {
            weights.assign(trained_.models.size(),
                           1.0 / static_cast<double>(trained_.models.size()));
            report["weights_from"] = "equal: too few events to learn from";
        } else if (options_.blend_weights.empty()) {
            ATTUNE_ASSIGN(weights, learn_weights(report));
        } else {
            ATTUNE_ASSIGN(weights, given_weights(options_.blend_weights, "blend.weights"));
            report["weights_from"] = "configuration";
        }
        ATTUNE_ASSIGN(trained_.blend, combine(weights, scales, report));
        return {};
    }

    Result<std::vector<double>> learn_weights(json& report) {
        const std::vector<double> scales = learn_scales(
            validated_,
            sample(split_->num_customers(), [&](std::size_t i) { return split_->view(i); }),
            data_.num_products());
        std::vector<ScoredModel> scored;
        for (const SharedModel& model : validated_) {
            scored.push_back(scored_model(std::string(model->name()), *model));
        }
        BlendTunerOptions tuner_options;
        tuner_options.k = options_.k;
        ATTUNE_ASSIGN(const BlendTuner tuner,
                      BlendTuner::create(*split_, scored, tuner_options, pool_));
        std::vector<double> scaled(scored.size());
        const auto objective = [&](std::span<const double> weights) {
            for (std::size_t m = 0; m < scaled.size(); ++m) scaled[m] = weights[m] / scales[m];
            return tuner.ndcg_of_blend(scaled, pool_);
        };
        BlendSearchOptions search;
        search.seed = options_.seed;
        ATTUNE_ASSIGN(const LearnedWeights learned,
                      learn_blend_weights(scored.size(), objective, search));
        report["weights_from"] = "validation";
        report["validation_ndcg"] = learned.value;
        report["trials"] = learned.trace.size();
        return learned.weights;
    }

    Status make_cold_blend() {
        const std::vector<CustomerView> views = sample(data_.num_customers(), [&](std::size_t i) {
            return CustomerView{&data_.customers[i], {}, data_.as_of};
        });
        const std::vector<double> scales =
            learn_scales(trained_.models, views, data_.num_products());
        json& report = trained_.report["cold_blend"];
        std::vector<double> weights(trained_.models.size(),
                                    1.0 / static_cast<double>(trained_.models.size()));
        report["weights_from"] = "equal: blend.cold_weights names none of these recommenders";
        if (any_weight(options_.cold_weights)) {
            ATTUNE_ASSIGN(weights, given_weights(options_.cold_weights, "blend.cold_weights"));
            report["weights_from"] = "configuration";
        }
        ATTUNE_ASSIGN(trained_.cold_blend, combine(weights, scales, report));
        return {};
    }

    /// The configured weights of the models that were trained, brought to sum 1.
    Result<std::vector<double>> given_weights(const ModelWeights& given, std::string_view key) {
        std::vector<double> weights;
        double sum = 0;
        for (const SharedModel& model : trained_.models) {
            const auto found = given.find(model->name());
            weights.push_back(found == given.end() ? 0 : found->second);
            sum += weights.back();
        }
        if (!(sum > 0)) {
            return fail(ErrorCode::kInvalidArgument,
                        "{} gives no weight to any of the recommenders that were trained", key);
        }
        for (double& weight : weights) weight /= sum;
        return weights;
    }

    /// Whether any of the trained models is among those that weights are given for.
    [[nodiscard]] bool any_weight(const ModelWeights& given) const {
        return std::any_of(trained_.models.begin(), trained_.models.end(), [&](const auto& model) {
            const auto found = given.find(model->name());
            return found != given.end() && found->second > 0;
        });
    }

    /// A blend of the trained models that have a weight.
    Result<std::shared_ptr<const Blend>> combine(const std::vector<double>& weights,
                                                 const std::vector<double>& scales, json& report) {
        std::vector<BlendComponent> components;
        report["weights"] = json::object();
        report["scales"] = json::object();
        for (std::size_t m = 0; m < trained_.models.size(); ++m) {
            const std::string name(trained_.models[m]->name());
            report["weights"][name] = weights[m];
            report["scales"][name] = scales[m];
            if (weights[m] > 0) components.push_back({trained_.models[m], weights[m], scales[m]});
        }
        ATTUNE_ASSIGN(std::unique_ptr<Blend> blend, Blend::create(std::move(components)));
        return std::shared_ptr<const Blend>(std::move(blend));
    }

    const TrainingData& data_;
    const TrainingOptions& options_;
    ThreadPool& pool_;
    Progress& progress_;
    Result<TimeSplit> split_;             ///< none: nothing is chosen
    std::vector<SharedModel> validated_;  ///< fitted before the slice, in the order of the models
    TrainedModels trained_;
};

}  // namespace

Result<TrainedModels> train_models(const TrainingData& data, const TrainingOptions& options,
                                   ThreadPool& pool, Progress& progress) {
    return Trainer(data, options, pool, progress).run();
}

}  // namespace attune
