#include "models/sgd/warp_factors.hpp"

namespace attune {

Result<PairwiseFactors> fit_warp_factors(const CsrMatrix& counts, const WarpSolverOptions& options,
                                         ThreadPool& pool, Progress& progress) {
    constexpr std::size_t kMostDraws = 100'000;
    if (options.max_draws < 1 || options.max_draws > kMostDraws) {
        return fail(ErrorCode::kInvalidArgument, "warp: max_draws is {}; it may be 1 to {}",
                    options.max_draws, kMostDraws);
    }
    return sgd::fit_pairwise(counts, options, sgd::PairwiseLoss::kWeightedHinge, options.max_draws,
                             "warp", pool, progress);
}

}  // namespace attune
