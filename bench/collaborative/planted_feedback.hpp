#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

/// How large made feedback is.
struct FeedbackShape {
    std::size_t num_customers = 0;
    std::size_t num_products = 0;
    std::size_t num_interactions = 0;

    /// As many products and as busy customers, more or fewer of these.
    [[nodiscard]] FeedbackShape with_interactions(std::size_t count) const;
};

/// The counts of the positives of MovieLens 1M and 20M.
inline constexpr FeedbackShape kMovieLens1M{6'040, 3'706, 720'000};
inline constexpr FeedbackShape kMovieLens20M{116'677, 20'108, 8'490'000};

struct PlantedFeedbackOptions {
    FeedbackShape shape = kMovieLens20M;
    std::size_t num_tastes = 32;  ///< the planted rank
    std::uint64_t seed = 1;
};

/// Makes implicit feedback, all values 1, whose probabilities have a low rank.
///
/// A product's weight falls with its rank as a shifted power (Zipf and Mandelbrot), a customer's
/// number of products is Pareto distributed with tail 1.5 and at most a sixth of the products. A
/// customer mixes a few of the tastes; each taste prefers other products. A customer's products are
/// drawn one by one, without those drawn already, so that each customer has the number planned.
///
/// @return num_customers x num_products with exactly the interactions asked for
/// @errors kInvalidArgument: an empty shape, or more interactions than fit
/// @threads shared out over the pool; the result does not depend on their number
/// @cost   O(interactions + tastes x products), 64 million in about 10 s on two threads
Result<CsrMatrix> planted_feedback(const PlantedFeedbackOptions& options, ThreadPool& pool);

/// 16 hexadecimal digits that differ for different matrices.
std::string data_hash(const CsrMatrix& matrix);

/// Writes "ATTUNEF1", then rows, columns and entries as int64, the offsets as int64, the columns as
/// int32 and the values as float32, all little endian: numpy.fromfile reads it.
/// @errors kUnavailable: names the file
Status write_feedback(const std::filesystem::path& file, const CsrMatrix& matrix);

}  // namespace attune
