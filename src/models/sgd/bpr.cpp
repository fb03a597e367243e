#include "models/sgd/bpr.hpp"

#include <algorithm>
#include <utility>

#include "models/feedback_checks.hpp"
#include "models/sgd/factor_model.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "bpr";

}  // namespace

Result<std::unique_ptr<Recommender>> fit_bpr(const TrainingData& data, const BprOptions& options,
                                             ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(validate(options.solver, kName));
    ATTUNE_TRY(sgd::validate(options.model, kName));
    ATTUNE_ASSIGN(const CsrMatrix strengths, feedback_matrix(data, options.model.strength, kName));
    if (strengths.num_nonzero() == 0) return sgd::make_empty_model(kName, data, options.model);
    PairwiseOptions solver = options.solver;
    solver.num_factors = std::min({solver.num_factors, strengths.num_rows, strengths.num_columns});
    ATTUNE_ASSIGN(const PairwiseFactors factors,
                  fit_bpr_factors(strengths, solver, pool, progress));
    return sgd::make_pairwise_model(kName, data, strengths, factors, options.model, pool);
}

Result<std::unique_ptr<Recommender>> load_bpr(BinaryReader& reader,
                                              std::shared_ptr<const Catalogue> catalogue) {
    return sgd::load_factor_model(kName, reader, std::move(catalogue));
}

}  // namespace attune
