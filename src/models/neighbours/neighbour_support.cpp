#include "models/neighbours/neighbour_support.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>

#include "math/dense.hpp"
#include "models/model_io.hpp"
#include "models/product_strength.hpp"

namespace attune {
namespace {

/// Whether the arrays fit each other, the columns ascend, and the values are finite.
bool is_valid(const CsrMatrix& matrix) {
    if (matrix.offsets.front() != 0 || matrix.offsets.back() != matrix.columns.size() ||
        matrix.values.size() != matrix.columns.size() || !all_finite(matrix.values)) {
        return false;
    }
    if (!std::is_sorted(matrix.offsets.begin(), matrix.offsets.end())) return false;
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        const auto columns = matrix.row_columns(row);
        const bool ascending = std::adjacent_find(columns.begin(), columns.end(),
                                                  std::greater_equal<>()) == columns.end();
        if (!ascending || (!columns.empty() && columns.back() >= matrix.num_columns)) return false;
    }
    return true;
}

}  // namespace

std::vector<float> freshness_of(const TrainingData& data, const CsrMatrix& counts,
                                double half_life_days) {
    std::vector<float> freshness;
    if (half_life_days <= 0) return freshness;
    freshness.reserve(counts.num_nonzero());
    std::vector<double> freshest(data.num_products());
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        const auto history = data.history(CustomerIndex(c));
        for (const Interaction& interaction : history) freshest[interaction.product.at()] = 0;
        for (const Interaction& interaction : history) {
            if (interaction.weight <= 0) continue;
            double& left = freshest[interaction.product.at()];
            left = std::max(left, decay(interaction.time, data.as_of, half_life_days));
        }
        for (const std::uint32_t product : counts.row_columns(c)) {
            freshness.push_back(static_cast<float>(freshest[product]));
        }
    }
    return freshness;
}

double typical_scale(const TrainingData& data, const Recommender& unscaled) {
    constexpr std::size_t kMaxCustomers = 1000;
    const std::size_t step = std::max<std::size_t>(1, data.num_customers() / kMaxCustomers);
    std::vector<double> scores(data.num_products());
    double sum = 0;
    std::size_t num_scored = 0;
    for (std::size_t c = 0; c < data.num_customers(); c += step) {
        const CustomerView view = data.view(CustomerIndex(c));
        unscaled.score(view, scores);
        for (const Interaction& interaction : view.history) scores[interaction.product.at()] = 0;
        const double best = scores.empty() ? 0 : *std::max_element(scores.begin(), scores.end());
        if (best <= 0) continue;
        sum += best;
        ++num_scored;
    }
    return num_scored == 0 ? 1 : static_cast<double>(num_scored) / sum;
}

void write_matrix(BinaryWriter& writer, const CsrMatrix& matrix) {
    writer.array(std::vector<std::uint64_t>(matrix.offsets.begin(), matrix.offsets.end()));
    writer.array(matrix.columns);
    writer.array(matrix.values);
}

Result<CsrMatrix> read_matrix(BinaryReader& reader, std::string_view model,
                              std::size_t num_columns) {
    CsrMatrix matrix;
    const auto offsets = reader.array<std::uint64_t>();
    matrix.offsets.assign(offsets.begin(), offsets.end());
    matrix.columns = reader.array<std::uint32_t>();
    matrix.values = reader.array<float>();
    ATTUNE_TRY(reader.status());
    if (matrix.offsets.empty()) return corrupt_model(model, "a matrix without rows");
    matrix.num_rows = matrix.offsets.size() - 1;
    matrix.num_columns = num_columns;
    if (!is_valid(matrix)) return corrupt_model(model, "a matrix is out of range");
    return matrix;
}

}  // namespace attune
