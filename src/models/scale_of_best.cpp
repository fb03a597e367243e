#include "models/scale_of_best.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace attune {

double scale_of_best(const TrainingData& data, const Recommender& unscaled) {
    constexpr std::size_t kMaxCustomers = 1000;
    const std::size_t step = std::max<std::size_t>(1, data.num_customers() / kMaxCustomers);
    std::vector<double> scores(data.num_products());
    double sum = 0;
    double largest = 0;
    std::size_t num_scored = 0;
    for (std::size_t c = 0; c < data.num_customers(); c += step) {
        const CustomerView view = data.view(CustomerIndex(c));
        unscaled.score(view, scores);
        for (const double score : scores) largest = std::max(largest, std::abs(score));
        for (const Interaction& interaction : view.history) scores[interaction.product.at()] = 0;
        const double best = scores.empty() ? 0 : *std::max_element(scores.begin(), scores.end());
        if (best <= 0) continue;
        sum += best;
        ++num_scored;
    }
    // What vanishes beside the scores of the history is rounding, and what vanishes altogether has
    // no finite scale.
    constexpr double kLeastShare = 1e-6;
    constexpr double kLeast = 1e-25;
    const double mean = num_scored == 0 ? 0 : sum / static_cast<double>(num_scored);
    const double size = mean > kLeastShare * largest ? mean : largest;
    return size > kLeast ? 1 / size : 1;
}

}  // namespace attune
