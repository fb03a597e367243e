#include "models/sgd/bpr_factors.hpp"

namespace attune {

Result<PairwiseFactors> fit_bpr_factors(const CsrMatrix& counts, const PairwiseOptions& options,
                                        ThreadPool& pool, Progress& progress) {
    return sgd::fit_pairwise(counts, options, sgd::PairwiseLoss::kLogistic, 1, "bpr", pool,
                             progress);
}

}  // namespace attune
