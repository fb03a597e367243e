#include "models/registry.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace attune {
namespace {

using Fitted = Result<std::unique_ptr<Recommender>>;

struct Entry {
    std::string_view name;
    Fitted (*fit)(const TrainingData&, const ModelOptions&, ThreadPool&, Progress&);
    Fitted (*load)(BinaryReader&, std::shared_ptr<const Catalogue>);
};

constexpr std::array kEntries{
    Entry{"popularity",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool&, Progress&) {
              return fit_popularity(data, options.popularity);
          },
          load_popularity},
    Entry{"item_knn",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_item_knn(data, options.item_knn, pool, progress); },
          load_item_knn},
    Entry{"user_knn",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool&,
             Progress& progress) { return fit_user_knn(data, options.user_knn, progress); },
          load_user_knn},
    Entry{"als",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_als(data, options.als, pool, progress); },
          load_als},
    Entry{"ease",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_ease(data, options.ease, pool, progress); },
          load_ease},
    Entry{"slim",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_slim(data, options.slim, pool, progress); },
          load_slim},
    Entry{"svd",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_svd(data, options.svd, pool, progress); },
          load_svd},
    Entry{"markov",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_markov(data, options.markov, pool, progress); },
          load_markov},
    Entry{"session_knn",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) {
              return fit_session_knn(data, options.session_knn, pool, progress);
          },
          load_session_knn},
    Entry{"content",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool&, Progress&) {
              return fit_content(data, options.content);
          },
          load_content},
    Entry{"cohort",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool, Progress&) {
              return fit_cohort(data, options.cohort, pool);
          },
          load_cohort},
    Entry{
        "propensity",
        [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
           Progress& progress) { return fit_propensity(data, options.propensity, pool, progress); },
        load_propensity},
    Entry{"random",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool&, Progress&) {
              return fit_random_baseline(data, options.random_baseline);
          },
          load_random_baseline},
    Entry{"bpr",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_bpr(data, options.bpr, pool, progress); },
          load_bpr},
    Entry{"warp",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool& pool,
             Progress& progress) { return fit_warp(data, options.warp, pool, progress); },
          load_warp},
    Entry{"biased_mf",
          [](const TrainingData& data, const ModelOptions& options, ThreadPool&,
             Progress& progress) { return fit_biased_mf(data, options.biased_mf, progress); },
          load_biased_mf},
};

constexpr auto kNames = [] {
    std::array<std::string_view, kEntries.size()> names{};
    std::transform(kEntries.begin(), kEntries.end(), names.begin(),
                   [](const Entry& entry) { return entry.name; });
    return names;
}();

Result<const Entry*> find_entry(std::string_view name) {
    const auto* const found = std::find_if(kEntries.begin(), kEntries.end(),
                                           [&](const Entry& entry) { return entry.name == name; });
    if (found == kEntries.end()) {
        return fail(ErrorCode::kInvalidArgument, "no recommender '{}'; there are {}", name,
                    fmt::join(kNames, ", "));
    }
    return found;
}

}  // namespace

std::span<const std::string_view> model_names() {
    return kNames;
}

Result<std::unique_ptr<Recommender>> fit_model(std::string_view name, const TrainingData& data,
                                               const ModelOptions& options, ThreadPool& pool,
                                               Progress& progress) {
    ATTUNE_ASSIGN(const Entry* entry, find_entry(name));
    return entry->fit(data, options, pool, progress);
}

Result<std::unique_ptr<Recommender>> load_model(std::string_view name, BinaryReader& reader,
                                                std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_ASSIGN(const Entry* entry, find_entry(name));
    return entry->load(reader, std::move(catalogue));
}

}  // namespace attune
