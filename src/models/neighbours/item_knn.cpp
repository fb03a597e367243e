#include "models/neighbours/item_knn.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "models/event_evidence.hpp"
#include "models/feedback_checks.hpp"
#include "models/matrix_io.hpp"
#include "models/model_io.hpp"
#include "models/neighbours/neighbour_support.hpp"
#include "models/scale_of_best.hpp"

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
        write_matrix(writer, parameters_.similarities);
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
    return validate(options.similarity, kName);
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_item_knn(const TrainingData& data,
                                                  const ItemKnnOptions& options, ThreadPool& pool,
                                                  Progress& progress) {
    ATTUNE_TRY(check(options));
    ATTUNE_ASSIGN(const CsrMatrix counts, feedback_matrix(data, options.counts, kName));
    const ProgressStage stage(progress, kName, data.num_products());
    CsrMatrix similarities = csr_from_triplets(data.num_products(), data.num_products(), {});
    if (counts.num_nonzero() > 0) {
        ATTUNE_ASSIGN(
            similarities,
            item_similarities(counts, freshness_of(data, counts, options.target_half_life_days),
                              options.similarity, pool, progress));
    }
    Parameters parameters{options.history, options.max_evidence, 1, std::move(similarities)};
    parameters.scale = scale_of_best(data, ItemKnn(data.catalogue, parameters));
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
    ATTUNE_ASSIGN(const CsrMatrix similarities, read_matrix(reader, kName, mapping.size()));
    ATTUNE_TRY(reader.status());
    constexpr double kMaxScale = 1e30;
    if (!(parameters.scale > 0 && parameters.scale < kMaxScale) ||
        similarities.num_rows != mapping.size()) {
        return corrupt_model(kName, "its similarities are out of range");
    }
    parameters.similarities = moved(similarities, mapping, catalogue->num_products());
    return std::make_unique<ItemKnn>(std::move(catalogue), std::move(parameters));
}

}  // namespace attune
