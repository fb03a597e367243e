#include "models/neighbours/user_knn.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/feedback_checks.hpp"
#include "models/matrix_io.hpp"
#include "models/model_io.hpp"
#include "models/neighbours/neighbour_support.hpp"
#include "models/neighbours/user_knn_evidence.hpp"
#include "models/neighbours/user_similarity.hpp"
#include "models/scale_of_best.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "user_knn";
constexpr std::uint32_t kVersion = 2;  // 1 had one measure and no keys
constexpr double kMostFactor = 1e30;

class UserKnn final : public Recommender {
 public:
    UserKnn(std::shared_ptr<const Catalogue> catalogue, UserKnnParameters parameters)
        : catalogue_(std::move(catalogue)),
          parameters_(std::move(parameters)),
          owners_(parameters_) {}

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        std::fill(scores.begin(), scores.end(), 0.0);
        const CsrMatrix& weights = parameters_.weights;
        const UserSimilarities similarities(parameters_, owners_, strengths(customer));
        for (const auto& [neighbour, similarity] : similarities.best(own_row(customer))) {
            for (std::size_t at = weights.offsets[neighbour]; at < weights.offsets[neighbour + 1];
                 ++at) {
                scores[weights.columns[at]] +=
                    similarity * parameters_.scale * parameters_.advice[at];
            }
        }
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        return user_knn_explanation(parameters_, owners_, strengths(customer), own_row(customer),
                                    product, *catalogue_, kName);
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parameters_.history);
        writer.number<std::uint64_t>(parameters_.num_neighbours);
        writer.number<std::uint64_t>(parameters_.max_evidence);
        writer.number(parameters_.scale);
        write_matrix(writer, parameters_.weights);
        writer.array(parameters_.advice);
        writer.array(parameters_.customer_factors);
        writer.array(parameters_.product_factors);
        writer.number(static_cast<std::uint8_t>(parameters_.measure));
        writer.number(parameters_.bm25_k1);
        writer.number(parameters_.bm25_b);
        writer.number(parameters_.mean_length);
        writer.array(parameters_.drags);
        writer.array(parameters_.keys);
    }

    void set_scale(double scale) { parameters_.scale = scale; }

 private:
    [[nodiscard]] std::vector<ProductStrength> strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parameters_.history);
    }
    [[nodiscard]] std::uint32_t own_row(const CustomerView& customer) const {
        return customer.profile == nullptr ? kNobody : owners_.row_of(customer.profile->id);
    }

    std::shared_ptr<const Catalogue> catalogue_;
    UserKnnParameters parameters_;
    ProductOwners owners_;
};

Status check(const UserKnnOptions& options) {
    ATTUNE_TRY(validate(options.counts, kName));
    ATTUNE_TRY(validate(options.history, kName));
    const StrengthOptions target{Strength::kStrongest, options.target_half_life_days};
    ATTUNE_TRY(validate(target, kName));
    ItemSimilarityOptions similarity;
    similarity.num_neighbours = options.num_neighbours;
    similarity.bm25_k1 = options.bm25_k1;
    similarity.bm25_b = options.bm25_b;
    ATTUNE_TRY(validate(similarity, kName));
    for (const double exponent : {options.customer_exponent, options.product_exponent}) {
        if (!(exponent >= 0 && exponent <= 4)) {
            return fail(ErrorCode::kInvalidArgument, "{}: exponent {} is not in 0..4", kName,
                        exponent);
        }
    }
    return {};
}

bool in_range(const std::vector<double>& factors) {
    return std::all_of(factors.begin(), factors.end(),
                       [](double factor) { return factor >= 0 && factor <= kMostFactor; });
}

/// The training customers' products among those that the catalogue has.
void move_to(const ProductMapping& mapping, std::size_t num_products,
             UserKnnParameters& parameters) {
    CsrMatrix weights;
    weights.num_rows = parameters.weights.num_rows;
    weights.num_columns = num_products;
    std::vector<float> advice;
    std::vector<double> product_factors(num_products);
    for (std::size_t product = 0; product < mapping.size(); ++product) {
        if (!mapping[product]) continue;
        product_factors[mapping[product]->at()] = parameters.product_factors[product];
    }
    const CsrMatrix& from = parameters.weights;
    for (std::size_t v = 0; v < from.num_rows; ++v) {
        for (std::size_t at = from.offsets[v]; at < from.offsets[v + 1]; ++at) {
            const auto product = mapping[from.columns[at]];
            if (!product) continue;
            weights.columns.push_back(product->value);
            weights.values.push_back(from.values[at]);
            advice.push_back(parameters.advice[at]);
        }
        weights.offsets.push_back(weights.columns.size());
    }
    parameters.weights = std::move(weights);
    parameters.advice = std::move(advice);
    parameters.product_factors = std::move(product_factors);
}

/// What format 2 added.
Status read_measure(BinaryReader& reader, UserKnnParameters& parameters) {
    const auto measure = reader.number<std::uint8_t>();
    ItemSimilarityOptions options;
    options.bm25_k1 = reader.number<double>();
    options.bm25_b = reader.number<double>();
    parameters.mean_length = reader.number<double>();
    parameters.drags = reader.array<double>();
    parameters.keys = reader.array<std::uint64_t>();
    ATTUNE_TRY(reader.status());
    if (measure >= similarity_measure_names().size() || !validate(options, kName) ||
        !(parameters.mean_length > 0 && parameters.mean_length < kMostFactor)) {
        return corrupt_model(kName, "its similarity is out of range");
    }
    parameters.measure = static_cast<SimilarityMeasure>(measure);
    parameters.bm25_k1 = options.bm25_k1;
    parameters.bm25_b = options.bm25_b;
    return {};
}

/// Whether sums over the weights are numbers of products in common where the measure takes them so.
bool sums_fit(const UserKnnParameters& parameters) {
    if (parameters.measure != SimilarityMeasure::kJaccard &&
        parameters.measure != SimilarityMeasure::kLogLikelihood) {
        return true;
    }
    const auto all_one = [](const auto& values) {
        return std::all_of(values.begin(), values.end(), [](auto value) { return value == 1; });
    };
    return all_one(parameters.weights.values) && all_one(parameters.customer_factors) &&
           std::all_of(parameters.product_factors.begin(), parameters.product_factors.end(),
                       [](double factor) { return factor == 0 || factor == 1; });
}

bool holds(const UserKnnParameters& parameters, std::size_t num_products) {
    const auto negative = [](float value) { return value < 0; };
    const CsrMatrix& weights = parameters.weights;
    const bool has_drags = parameters.measure == SimilarityMeasure::kPearson;
    return parameters.scale > 0 && parameters.scale < kMostFactor &&
           parameters.advice.size() == weights.num_nonzero() && all_finite(parameters.advice) &&
           parameters.customer_factors.size() == weights.num_rows &&
           parameters.product_factors.size() == num_products &&
           parameters.drags.size() == (has_drags ? weights.num_rows : 0) &&
           (parameters.keys.empty() || parameters.keys.size() == weights.num_rows) &&
           in_range(parameters.customer_factors) && in_range(parameters.product_factors) &&
           in_range(parameters.drags) && sums_fit(parameters) &&
           std::none_of(weights.values.begin(), weights.values.end(), negative) &&
           std::none_of(parameters.advice.begin(), parameters.advice.end(), negative);
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_user_knn(const TrainingData& data,
                                                  const UserKnnOptions& options,
                                                  Progress& progress) {
    ATTUNE_TRY(check(options));
    const ProgressStage stage(progress, kName, data.num_customers());
    if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the training was stopped");
    UserKnnParameters parameters;
    parameters.history = options.history;
    parameters.num_neighbours = options.num_neighbours;
    parameters.max_evidence = options.max_evidence;
    parameters.measure = options.measure;
    parameters.bm25_k1 = options.bm25_k1;
    parameters.bm25_b = options.bm25_b;
    ATTUNE_ASSIGN(parameters.weights, feedback_matrix(data, options.counts, kName));
    parameters.advice = parameters.weights.values;
    const std::vector<float> freshness =
        freshness_of(data, parameters.weights, options.target_half_life_days);
    for (std::size_t at = 0; at < freshness.size(); ++at) parameters.advice[at] *= freshness[at];
    weigh_customers({options.customer_exponent, options.product_exponent}, parameters);
    for (std::size_t v = 0; v < data.num_customers(); ++v) {
        const bool is_empty = parameters.weights.row_columns(v).empty();
        parameters.keys.push_back(is_empty ? 0 : customer_key(data.customers[v].id));
    }
    auto model = std::make_unique<UserKnn>(data.catalogue, std::move(parameters));
    model->set_scale(scale_of_best(data, *model));
    progress.advance(data.num_customers());
    return model;
}

Result<std::unique_ptr<Recommender>> load_user_knn(BinaryReader& reader,
                                                   std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_ASSIGN(const std::uint32_t version, read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    UserKnnParameters parameters;
    ATTUNE_ASSIGN(parameters.history, read_strength_options(reader, kName));
    parameters.num_neighbours = reader.number<std::uint64_t>();
    parameters.max_evidence = reader.number<std::uint64_t>();
    parameters.scale = reader.number<double>();
    ATTUNE_ASSIGN(parameters.weights, read_matrix(reader, kName, mapping.size()));
    parameters.advice = reader.array<float>();
    parameters.customer_factors = reader.array<double>();
    parameters.product_factors = reader.array<double>();
    if (version >= 2) ATTUNE_TRY(read_measure(reader, parameters));
    ATTUNE_TRY(reader.status());
    if (!holds(parameters, mapping.size())) {
        return corrupt_model(kName, "its histories are out of range");
    }
    move_to(mapping, catalogue->num_products(), parameters);
    return std::make_unique<UserKnn>(std::move(catalogue), std::move(parameters));
}

}  // namespace attune
