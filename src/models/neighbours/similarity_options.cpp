#include "models/neighbours/similarity_options.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace attune {
namespace {

constexpr std::array<std::string_view, 9> kMeasureNames{
    "weighted_cosine", "cosine", "pearson",       "jaccard", "tf_idf", "bm25",
    "co_occurrence",   "lift",   "log_likelihood"};

constexpr double kMostBm25K1 = 1e6;

}  // namespace

std::span<const std::string_view> similarity_measure_names() {
    return kMeasureNames;
}

std::string_view similarity_measure_name(SimilarityMeasure measure) {
    return kMeasureNames[static_cast<std::size_t>(measure)];
}

Result<SimilarityMeasure> parse_similarity_measure(std::string_view name) {
    const auto* const found = std::find(kMeasureNames.begin(), kMeasureNames.end(), name);
    if (found == kMeasureNames.end()) {
        return fail(ErrorCode::kInvalidArgument, "'{}' is no similarity; there are {}", name,
                    fmt::join(kMeasureNames, ", "));
    }
    return static_cast<SimilarityMeasure>(found - kMeasureNames.begin());
}

Status validate(const ItemSimilarityOptions& options, std::string_view model) {
    if (options.num_neighbours == 0) {
        return fail(ErrorCode::kInvalidArgument, "{}: no neighbours asked for; ask for 1 or more",
                    model);
    }
    if (!(options.bm25_k1 > 0) || options.bm25_k1 > kMostBm25K1 ||
        !(options.bm25_b >= 0 && options.bm25_b <= 1)) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: BM25 needs k1 above 0 up to {} and b from 0 to 1, not k1 = {}, b = {}",
                    model, kMostBm25K1, options.bm25_k1, options.bm25_b);
    }
    for (const double exponent :
         {options.customer_exponent, options.source_exponent, options.target_exponent}) {
        if (!(exponent >= 0 && exponent <= 4)) {
            return fail(ErrorCode::kInvalidArgument, "{}: exponent {} is not in 0..4", model,
                        exponent);
        }
    }
    return {};
}

}  // namespace attune
