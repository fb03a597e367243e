#include "models/neighbours/rating_knn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/neighbours/item_similarity.hpp"

namespace attune {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::vector<double> row_means(const CsrMatrix& ratings) {
    std::vector<double> means(ratings.num_rows, kUnknown);
    for (std::size_t row = 0; row < ratings.num_rows; ++row) {
        const auto values = ratings.row_values(row);
        if (values.empty()) continue;
        double sum = 0;
        for (const float value : values) sum += value;
        means[row] = sum / static_cast<double>(values.size());
    }
    return means;
}

double first_known(double a, double b, double c) {
    if (!std::isnan(a)) return a;
    return std::isnan(b) ? c : b;
}

}  // namespace

Result<RatingKnn> RatingKnn::fit(const CsrMatrix& ratings, const RatingKnnOptions& options,
                                 ThreadPool& pool, Progress& progress) {
    if (options.num_similar == 0 || options.num_neighbours == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "rating_knn: {} of {} neighbours asked for; ask for 1 or more",
                    options.num_neighbours, options.num_similar);
    }
    ATTUNE_TRY(check_values(ratings));
    RatingKnn model;
    model.options_ = options;
    const bool by_products = options.neighbours == RatingNeighbours::kProducts;
    model.deviations_ = by_products ? ratings : transpose(ratings);
    model.other_means_ = row_means(model.deviations_);
    model.means_ = row_means(by_products ? transpose(ratings) : ratings);
    const auto [lowest, highest] =
        std::minmax_element(ratings.values.begin(), ratings.values.end());
    model.lowest_ = *lowest;
    model.highest_ = *highest;
    for (const float rating : ratings.values) {
        model.mean_ += rating / static_cast<double>(ratings.num_nonzero());
    }
    CsrMatrix& deviations = model.deviations_;
    for (std::size_t at = 0; at < deviations.num_nonzero(); ++at) {
        deviations.values[at] =
            static_cast<float>(deviations.values[at] - model.means_[deviations.columns[at]]);
    }
    ATTUNE_ASSIGN(model.similarities_,
                  column_cosines(deviations, options.num_similar, pool, progress));
    return model;
}

Result<RatingPrediction> RatingKnn::predict(CustomerIndex customer, ProductIndex product) const {
    const bool by_products = options_.neighbours == RatingNeighbours::kProducts;
    const std::size_t row = by_products ? customer.at() : product.at();
    const std::size_t column = by_products ? product.at() : customer.at();
    if (row >= deviations_.num_rows || column >= deviations_.num_columns) {
        return fail(ErrorCode::kInvalidArgument,
                    "rating_knn: there is no customer {} or no product {} in the ratings",
                    customer.at(), product.at());
    }
    // Both are ascending: what is similar, and what the row has ratings of.
    const auto rated = deviations_.row_columns(row);
    const auto similar = similarities_.row_columns(column);
    std::vector<std::pair<double, double>> neighbours;
    for (std::size_t k = 0; k < similar.size(); ++k) {
        const auto found = std::lower_bound(rated.begin(), rated.end(), similar[k]);
        if (found == rated.end() || *found != similar[k]) continue;
        const auto at = static_cast<std::size_t>(found - rated.begin());
        neighbours.emplace_back(similarities_.row_values(column)[k],
                                deviations_.row_values(row)[at]);
    }
    std::stable_sort(neighbours.begin(), neighbours.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    neighbours.resize(std::min(neighbours.size(), options_.num_neighbours));
    double sum = 0;
    double weight = 0;
    for (const auto& [similarity, deviation] : neighbours) {
        sum += similarity * deviation;
        weight += similarity;
    }
    double rating = first_known(means_[column], other_means_[row], mean_);
    if (weight > 0) rating += sum / weight;
    return RatingPrediction{std::clamp(rating, lowest_, highest_), neighbours.size()};
}

}  // namespace attune
