#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <utility>

#include "core/hash.hpp"
#include "core/random.hpp"
#include "features/profile_fields.hpp"
#include "models/propensity.hpp"

namespace attune {
namespace {

bool is_share(double value) {
    return value >= 0 && value <= 1;
}

Status check(const PropensityOptions& options) {
    if (options.min_positives == 0 || options.min_negatives == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "propensity: min_positives and min_negatives must be 1 or more");
    }
    if (!is_share(options.masked_share) || !is_share(options.min_fall_share)) {
        return fail(ErrorCode::kInvalidArgument,
                    "propensity: masked_share {} and min_fall_share {} must be 0 to 1",
                    options.masked_share, options.min_fall_share);
    }
    return validate(options.trees);
}

/// Counts the rounds of fits that run on several threads.
class SharedProgress {
 public:
    explicit SharedProgress(Progress& progress) : progress_(progress) {}

    /// One more round; true when the work should stop.
    bool step() {
        const std::lock_guard lock(mutex_);
        progress_.advance(++done_);
        return progress_.cancelled();
    }

 private:
    std::mutex mutex_;
    Progress& progress_;
    std::uint64_t done_ = 0;
};

/// Profiles as rows of numbers.
struct EncodedProfiles {
    ProfileEncoder encoder;
    std::vector<float> values;  ///< (num_rows x encoder.num_columns()), row-major
    std::size_t num_rows = 0;
};

Result<EncodedProfiles> encode_profiles(std::span<const Customer> customers,
                                        const PropensityOptions& options) {
    ProfileEncoderOptions encoder_options;
    encoder_options.excluded_fields = options.excluded_fields;
    ATTUNE_ASSIGN(ProfileEncoder encoder, ProfileEncoder::fit(customers, encoder_options));
    const std::size_t width = encoder.num_columns();
    std::vector<float> values(customers.size() * width);
    for (std::size_t i = 0; i < customers.size(); ++i) {
        encoder.encode(customers[i], std::span(values).subspan(i * width, width));
    }
    return EncodedProfiles{std::move(encoder), std::move(values), customers.size()};
}

/// Appends rows drawn without replacement, in each of which every field is hidden with a chance
/// that is itself drawn for the row: from profiles that lack a field to nearly empty ones.
void append_masked_rows(const EncodedProfiles& profiles, std::span<const std::size_t> columns,
                        double share, Random& random, std::vector<float>& values,
                        std::vector<float>& labels) {
    const auto& names = profiles.encoder.columns();
    std::vector<float> unknown(profiles.encoder.num_columns());
    profiles.encoder.encode(Customer{}, unknown);
    for (std::size_t row = 0; row < profiles.num_rows; ++row) {
        if (random.uniform() >= share) continue;
        const double hidden_chance = random.uniform();
        bool hidden = false;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::size_t column = columns[i];
            // The columns of a field are neighbours.
            if (i == 0 || names[column].field != names[columns[i - 1]].field) {
                hidden = random.uniform() < hidden_chance;
            }
            values.push_back(hidden ? unknown[column] : values[row * columns.size() + i]);
        }
        labels.push_back(labels[row]);
    }
}

/// The trees of one category, on the encoder's columns.
Result<TreeEnsemble> fit_category(const EncodedProfiles& profiles, std::string_view category,
                                  std::vector<float> labels, const PropensityOptions& options,
                                  SharedProgress& progress) {
    const std::string own_field = std::string(kHeldPrefix).append(category);
    const auto columns = profiles.encoder.columns_without(std::span(&own_field, 1));
    const std::size_t width = profiles.encoder.num_columns();
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(static_cast<double>(labels.size() * columns.size()) *
                                            (1 + options.masked_share)));
    for (std::size_t row = 0; row < labels.size(); ++row) {
        for (const std::size_t column : columns) {
            values.push_back(profiles.values[row * width + column]);
        }
    }
    BoostedTreesOptions tree_options = options.trees;
    tree_options.seed = hash64(category, options.seed);
    Random random(tree_options.seed);
    append_masked_rows(profiles, columns, options.masked_share, random, values, labels);
    ATTUNE_ASSIGN(const TreeEnsemble trees,
                  fit_boosted_trees({values, columns.size(), labels}, tree_options,
                                    [&] { return progress.step(); }));
    return trees.on_columns(columns, width);
}

/// Whether the model of the category would have a column to look at.
bool has_columns(const ProfileEncoder& encoder, std::string_view category) {
    const std::string own_field = std::string(kHeldPrefix).append(category);
    return !encoder.columns_without(std::span(&own_field, 1)).empty();
}

std::size_t count_positives(std::span<const float> labels) {
    return static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 1.0F));
}

/// Fits a model to the customers outside of a fold and predicts those inside.
Status predict_fold(const TrainingData& data, std::string_view category,
                    std::span<const float> labels, std::span<const int> folds, int fold,
                    const PropensityOptions& options, SharedProgress& progress,
                    std::span<double> probabilities) {
    std::vector<Customer> others;
    std::vector<float> others_labels;
    for (std::size_t c = 0; c < folds.size(); ++c) {
        if (folds[c] == fold) continue;
        others.push_back(data.customers[c]);
        others_labels.push_back(labels[c]);
    }
    const std::size_t num_positives = count_positives(others_labels);
    if (num_positives == 0 || num_positives == others.size()) {
        return fail(ErrorCode::kInvalidArgument,
                    "propensity: outside of fold {} {} of {} customers have {}", fold,
                    num_positives, others.size(), category);
    }
    ATTUNE_ASSIGN(const EncodedProfiles profiles, encode_profiles(others, options));
    if (!has_columns(profiles.encoder, category)) {
        return fail(ErrorCode::kInvalidArgument,
                    "propensity: outside of fold {} no field of any profile is known", fold);
    }
    ATTUNE_ASSIGN(const TreeEnsemble trees,
                  fit_category(profiles, category, std::move(others_labels), options, progress));
    std::vector<float> row(profiles.encoder.num_columns());
    for (std::size_t c = 0; c < folds.size(); ++c) {
        if (folds[c] != fold) continue;
        profiles.encoder.encode(data.customers[c], row);
        probabilities[c] = trees.probability(row);
    }
    return {};
}

}  // namespace

std::vector<float> category_labels(const TrainingData& data, std::string_view category) {
    std::vector<float> labels(data.num_customers(), 0.0F);
    const auto index = data.catalogue->find_category(category);
    for (std::size_t c = 0; c < labels.size(); ++c) {
        const auto& held = data.customers[c].held_categories;
        const auto history = data.history(CustomerIndex(c));
        const bool has =
            std::find(held.begin(), held.end(), category) != held.end() ||
            (index && std::any_of(history.begin(), history.end(), [&](const Interaction& event) {
                 return event.type == EventType::kPurchase &&
                        data.catalogue->category_of(event.product) == *index;
             }));
        if (has) labels[c] = 1.0F;
    }
    return labels;
}

Result<std::unique_ptr<Propensity>> Propensity::fit(const TrainingData& data,
                                                    const PropensityOptions& options,
                                                    ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(check(options));
    ATTUNE_ASSIGN(EncodedProfiles profiles, encode_profiles(data.customers, options));
    struct Work {
        std::string category;
        std::vector<float> labels;
        Result<TreeEnsemble> trees;
    };
    std::vector<Work> work;
    for (const std::string& category : data.catalogue->categories()) {
        auto labels = category_labels(data, category);
        const std::size_t num_positives = count_positives(labels);
        if (num_positives < options.min_positives ||
            labels.size() - num_positives < options.min_negatives ||
            !has_columns(profiles.encoder, category)) {
            continue;
        }
        work.push_back({category, std::move(labels), TreeEnsemble()});
    }

    progress.begin("propensity", work.size() * options.trees.num_rounds);
    SharedProgress shared(progress);
    pool.parallel_for(work.size(), 1, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t i = begin; i < end; ++i) {
            work[i].trees = fit_category(profiles, work[i].category, std::move(work[i].labels),
                                         options, shared);
        }
    });
    progress.end();
    std::vector<CategoryModel> models;
    for (Work& one : work) {
        if (!one.trees) return fail(std::move(one.trees).error().at("category " + one.category));
        models.push_back({std::move(one.category), *std::move(one.trees)});
    }
    return std::make_unique<Propensity>(data.catalogue, std::move(profiles.encoder),
                                        std::move(models), options.max_evidence,
                                        options.min_fall_share);
}

Result<std::unique_ptr<Recommender>> fit_propensity(const TrainingData& data,
                                                    const PropensityOptions& options,
                                                    ThreadPool& pool, Progress& progress) {
    ATTUNE_ASSIGN(std::unique_ptr<Recommender> model,
                  Propensity::fit(data, options, pool, progress));
    return model;
}

Result<std::vector<double>> cross_validated_propensity(const TrainingData& data,
                                                       std::string_view category,
                                                       std::span<const int> folds,
                                                       const PropensityOptions& options,
                                                       ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(check(options));
    const auto labels = category_labels(data, category);
    if (count_positives(labels) == 0) {
        return fail(ErrorCode::kNotFound, "propensity: no customer has {}", category);
    }
    if (folds.size() != labels.size() || *std::min_element(folds.begin(), folds.end()) < 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "propensity: {} folds for {} customers; each needs one, 0 or above",
                    folds.size(), labels.size());
    }
    std::vector<int> used(folds.begin(), folds.end());
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());

    std::vector<double> probabilities(labels.size(), 0.0);
    std::vector<Status> done(used.size());
    progress.begin("propensity " + std::string(category), used.size() * options.trees.num_rounds);
    SharedProgress shared(progress);
    pool.parallel_for(used.size(), 1, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t i = begin; i < end; ++i) {
            done[i] = predict_fold(data, category, labels, folds, used[i], options, shared,
                                   probabilities);
        }
    });
    progress.end();
    for (const Status& status : done) ATTUNE_TRY(status);
    return probabilities;
}

}  // namespace attune
