#include "models/item_knn.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/event_evidence.hpp"
#include "models/model_io.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "item_knn";
constexpr std::uint32_t kVersion = 1;

struct Parameters {
    StrengthOptions history;
    std::size_t max_evidence = 0;
    double scale = 1;
    CsrMatrix similarities;  ///< from row to column
};

class ItemKnn final : public Recommender {
 public:
    ItemKnn(std::shared_ptr<const Catalogue> catalogue, Parameters parameters)
        : catalogue_(std::move(catalogue)), parameters_(std::move(parameters)) {}

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        std::fill(scores.begin(), scores.end(), 0.0);
        const CsrMatrix& similarities = parameters_.similarities;
        for (const ProductStrength& entry :
             product_strengths(customer.history, customer.now, parameters_.history)) {
            const double weight = parameters_.scale * entry.strength;
            const auto neighbours = similarities.row_columns(entry.product.at());
            const auto values = similarities.row_values(entry.product.at());
            for (std::size_t k = 0; k < neighbours.size(); ++k) {
                scores[neighbours[k]] += weight * values[k];
            }
        }
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        const CsrMatrix& similarities = parameters_.similarities;
        Explanation explanation;
        std::vector<EventPart> parts;
        for (const ProductStrength& entry :
             product_strengths(customer.history, customer.now, parameters_.history)) {
            const auto neighbours = similarities.row_columns(entry.product.at());
            const auto found =
                std::lower_bound(neighbours.begin(), neighbours.end(), product.value);
            if (found == neighbours.end() || *found != product.value) continue;
            const auto k = static_cast<std::size_t>(found - neighbours.begin());
            const double contribution =
                parameters_.scale * entry.strength * similarities.row_values(entry.product.at())[k];
            explanation.score += contribution;
            parts.push_back({entry.product, entry.latest, contribution});
        }
        explanation.evidence =
            event_evidence(std::move(parts), parameters_.max_evidence, *catalogue_, kName);
        return explanation;
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parameters_.history);
        writer.number<std::uint64_t>(parameters_.max_evidence);
        writer.number(parameters_.scale);
        const CsrMatrix& similarities = parameters_.similarities;
        writer.array(
            std::vector<std::uint64_t>(similarities.offsets.begin(), similarities.offsets.end()));
        writer.array(similarities.columns);
        writer.array(similarities.values);
    }

 private:
    std::shared_ptr<const Catalogue> catalogue_;
    Parameters parameters_;
};

Status check(const ItemKnnOptions& options) {
    ATTUNE_TRY(validate(options.counts, kName));
    ATTUNE_TRY(validate(options.history, kName));
    const StrengthOptions target{Strength::kStrongest, options.target_half_life_days};
    ATTUNE_TRY(validate(target, kName));
    const ItemSimilarityOptions& similarity = options.similarity;
    if (similarity.num_neighbours == 0) {
        return fail(ErrorCode::kInvalidArgument, "{}: no neighbours asked for; ask for 1 or more",
                    kName);
    }
    if (!(similarity.bm25_k1 > 0) || !(similarity.bm25_b >= 0 && similarity.bm25_b <= 1)) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: BM25 needs k1 > 0 and b from 0 to 1, not k1 = {}, b = {}", kName,
                    similarity.bm25_k1, similarity.bm25_b);
    }
    for (const double exponent :
         {similarity.customer_exponent, similarity.source_exponent, similarity.target_exponent}) {
        if (!(exponent >= 0 && exponent <= 4)) {
            return fail(ErrorCode::kInvalidArgument, "{}: exponent {} is not in 0..4", kName,
                        exponent);
        }
    }
    return {};
}

/// What is left of each count of strength_matrix by the age of its latest event.
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

/// 1 / the mean over customers of their best score outside their history.
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

bool is_valid(const CsrMatrix& matrix) {
    const std::size_t num_products = matrix.num_rows;
    if (matrix.offsets.size() != num_products + 1 || matrix.offsets.front() != 0 ||
        matrix.offsets.back() != matrix.columns.size() ||
        matrix.values.size() != matrix.columns.size() || !all_finite(matrix.values)) {
        return false;
    }
    if (!std::is_sorted(matrix.offsets.begin(), matrix.offsets.end())) return false;
    for (std::size_t row = 0; row < num_products; ++row) {
        const auto columns = matrix.row_columns(row);
        const bool ascending = std::adjacent_find(columns.begin(), columns.end(),
                                                  std::greater_equal<>()) == columns.end();
        if (!ascending || (!columns.empty() && columns.back() >= num_products)) return false;
    }
    return true;
}

/// The similarities among the products that the mapping's catalogue has.
CsrMatrix moved(const CsrMatrix& matrix, const ProductMapping& mapping, std::size_t num_products) {
    std::vector<Triplet> triplets;
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            const auto target = mapping[matrix.columns[at]];
            if (!mapping[row] || !target) continue;
            triplets.push_back({mapping[row]->value, target->value, matrix.values[at]});
        }
    }
    return csr_from_triplets(num_products, num_products, std::move(triplets));
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_item_knn(const TrainingData& data,
                                                  const ItemKnnOptions& options, ThreadPool& pool,
                                                  Progress& progress) {
    ATTUNE_TRY(check(options));
    const CsrMatrix counts = strength_matrix(data, options.counts);
    progress.begin(kName, data.num_products());
    ATTUNE_ASSIGN(
        CsrMatrix similarities,
        item_similarities(counts, freshness_of(data, counts, options.target_half_life_days),
                          options.similarity, pool, progress));
    progress.end();
    Parameters parameters{options.history, options.max_evidence, 1, std::move(similarities)};
    parameters.scale = typical_scale(data, ItemKnn(data.catalogue, parameters));
    return std::make_unique<ItemKnn>(data.catalogue, std::move(parameters));
}

Result<std::unique_ptr<Recommender>> load_item_knn(BinaryReader& reader,
                                                   std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    Parameters parameters;
    ATTUNE_ASSIGN(parameters.history, read_strength_options(reader, kName));
    parameters.max_evidence = reader.number<std::uint64_t>();
    parameters.scale = reader.number<double>();
    CsrMatrix similarities;
    similarities.num_rows = mapping.size();
    similarities.num_columns = mapping.size();
    const auto offsets = reader.array<std::uint64_t>();
    similarities.offsets.assign(offsets.begin(), offsets.end());
    similarities.columns = reader.array<std::uint32_t>();
    similarities.values = reader.array<float>();
    ATTUNE_TRY(reader.status());
    constexpr double kMaxScale = 1e30;
    if (!(parameters.scale > 0 && parameters.scale < kMaxScale) || !is_valid(similarities)) {
        return corrupt_model(kName, "its similarities are out of range");
    }
    parameters.similarities = moved(similarities, mapping, catalogue->num_products());
    return std::make_unique<ItemKnn>(std::move(catalogue), std::move(parameters));
}

}  // namespace attune
