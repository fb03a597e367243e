#include "models/sequence/session_knn.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "models/linear/item_weights.hpp"
#include "models/sequence/sessions.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "session_knn";

Status check(const SessionKnnOptions& options) {
    ATTUNE_TRY(validate(options.history, kName));
    ATTUNE_TRY(validate(options.similarity, kName));
    return validate(StrengthOptions{Strength::kStrongest, options.target_half_life_days}, kName);
}

/// What is left of each count by the age of its session.
std::vector<float> freshness_of(const CutSessions& sessions, Timestamp as_of,
                                double half_life_days) {
    std::vector<float> freshness;
    freshness.reserve(sessions.products.num_nonzero());
    for (std::size_t s = 0; s < sessions.size(); ++s) {
        const double left = decay(sessions.times[s], as_of, half_life_days);
        freshness.insert(freshness.end(), sessions.products.row_columns(s).size(),
                         static_cast<float>(left));
    }
    return freshness;
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_session_knn(const TrainingData& data,
                                                     const SessionKnnOptions& options,
                                                     ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(check(options));
    ATTUNE_ASSIGN(const CutSessions sessions,
                  cut_sessions(kName, data, options.session_gap_minutes));
    ItemWeights parameters;
    parameters.history = options.history;
    parameters.max_evidence = options.max_evidence;
    if (sessions.size() == 0) {
        parameters.weights = csr_from_triplets(data.num_products(), data.num_products(), {});
        return make_item_weights(kName, data, std::move(parameters));
    }
    const ProgressStage stage(progress, kName, data.num_products());
    ATTUNE_ASSIGN(parameters.weights, item_similarities(sessions.products,
                                                        freshness_of(sessions, data.as_of,
                                                                     options.target_half_life_days),
                                                        options.similarity, pool, progress));
    return make_item_weights(kName, data, std::move(parameters));
}

Result<std::unique_ptr<Recommender>> load_session_knn(BinaryReader& reader,
                                                      std::shared_ptr<const Catalogue> catalogue) {
    return load_item_weights(kName, reader, std::move(catalogue));
}

}  // namespace attune
