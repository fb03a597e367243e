#include "models/linear/svd.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/check_option.hpp"
#include "models/event_evidence.hpp"
#include "models/feedback_checks.hpp"
#include "models/model_io.hpp"
#include "models/placed_rows.hpp"
#include "models/scale_of_best.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "svd";
constexpr std::uint32_t kVersion = 1;

struct Parameters {
    StrengthOptions strength;
    std::size_t max_evidence = 0;
    double scale = 1;
    std::vector<double> singular_values;
    std::vector<float>
        products;  ///< V S^(p / 2): a row per product of the catalogue; zeros: not trained

    [[nodiscard]] std::size_t rank() const { return singular_values.size(); }
    [[nodiscard]] const float* product(ProductIndex index) const {
        return products.data() + index.at() * rank();
    }
};

class Svd final : public Recommender {
 public:
    Svd(std::shared_ptr<const Catalogue> catalogue, Parameters parameters)
        : catalogue_(std::move(catalogue)), parameters_(std::move(parameters)) {}

    /// Before anyone else has it.
    void set_scale(double scale) { parameters_.scale = scale; }

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        const std::size_t rank = parameters_.rank();
        std::vector<double> direction(rank);
        for (const ProductStrength& entry : strengths(customer)) {
            const float* vector = parameters_.product(entry.product);
            const double strength = parameters_.scale * entry.strength;
            for (std::size_t k = 0; k < rank; ++k) direction[k] += strength * vector[k];
        }
        for (std::size_t j = 0; j < scores.size(); ++j) {
            scores[j] = dot(direction.data(), parameters_.product(ProductIndex(j)), rank);
        }
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        Explanation explanation;
        std::vector<EventPart> parts;
        for (const ProductStrength& entry : strengths(customer)) {
            const double contribution = parameters_.scale * entry.strength *
                                        dot(parameters_.product(entry.product),
                                            parameters_.product(product), parameters_.rank());
            explanation.score += contribution;
            parts.push_back({entry.product, entry.latest, contribution});
        }
        leave_rounding_uncited(parts);
        explanation.evidence =
            event_evidence(std::move(parts), parameters_.max_evidence, *catalogue_, kName);
        return explanation;
    }

    [[nodiscard]] std::vector<ModelFact> facts() const override {
        return {{"factors", static_cast<double>(parameters_.rank())}};
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parameters_.strength);
        writer.number<std::uint64_t>(parameters_.max_evidence);
        writer.number(parameters_.scale);
        writer.array(parameters_.singular_values);
        writer.array(parameters_.products);
    }

 private:
    [[nodiscard]] std::vector<ProductStrength> strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parameters_.strength);
    }

    std::shared_ptr<const Catalogue> catalogue_;
    Parameters parameters_;
};

Status check(const SvdOptions& options) {
    ATTUNE_TRY(validate(options.strength, kName));
    ATTUNE_TRY(check_option(kName, "spectrum_exponent", options.spectrum_exponent, 0, 4));
    ATTUNE_TRY(check_option(kName, "customer_exponent", options.customer_exponent, 0, 4));
    ATTUNE_TRY(check_option(kName, "product_exponent", options.product_exponent, 0, 4));
    const TruncatedSvdOptions& solver = options.solver;
    ATTUNE_TRY(check_option(kName, "rank", static_cast<double>(solver.rank), 1, kMostFactors));
    ATTUNE_TRY(
        check_option(kName, "oversampling", static_cast<double>(solver.oversampling), 0, 1000));
    return check_option(kName, "power_iterations", static_cast<double>(solver.power_iterations), 0,
                        1000);
}

/// r_ui n_u^(-c / 2) d_i^(-b / 2).
Result<CsrMatrix> weighted_matrix(const TrainingData& data, const SvdOptions& options) {
    ATTUNE_ASSIGN(CsrMatrix matrix, feedback_matrix(data, options.strength, kName));
    std::vector<double> num_customers(matrix.num_columns);
    for (const std::uint32_t product : matrix.columns) ++num_customers[product];
    for (std::size_t u = 0; u < matrix.num_rows; ++u) {
        const auto has = static_cast<double>(matrix.row_columns(u).size());
        const double factor = has > 0 ? std::pow(has, -options.customer_exponent / 2) : 0;
        for (std::size_t at = matrix.offsets[u]; at < matrix.offsets[u + 1]; ++at) {
            const double of_product =
                std::pow(num_customers[matrix.columns[at]], -options.product_exponent / 2);
            matrix.values[at] = static_cast<float>(matrix.values[at] * factor * of_product);
        }
    }
    return matrix;
}

/// V and S of the matrix. Directions without a singular value are none that the data has: they are
/// left out, and all of them where the matrix is empty.
Status set_directions(const CsrMatrix& matrix, const SvdOptions& options, ThreadPool& pool,
                      Progress& progress, Parameters& parameters) {
    if (matrix.num_nonzero() == 0) return {};
    TruncatedSvdOptions solver = options.solver;
    solver.rank = std::min({solver.rank, matrix.num_rows, matrix.num_columns});
    ATTUNE_ASSIGN(const TruncatedSvd svd, truncated_svd(matrix, solver, pool, progress));
    constexpr double kLeastShare = 1e-6;
    const auto rank = (svd.s.array() > kLeastShare * svd.s[0]).count();
    parameters.singular_values.assign(svd.s.data(), svd.s.data() + rank);
    const Eigen::ArrayXd root =
        (svd.s.head(rank).array() / svd.s[0]).pow(options.spectrum_exponent / 2);
    for (Eigen::Index j = 0; j < svd.v.rows(); ++j) {
        for (Eigen::Index k = 0; k < rank; ++k) {
            parameters.products.push_back(static_cast<float>(svd.v(j, k) * root[k]));
        }
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_svd(const TrainingData& data, const SvdOptions& options,
                                             ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(check(options));
    Parameters parameters{options.strength, options.max_evidence, 1, {}, {}};
    ATTUNE_ASSIGN(const CsrMatrix matrix, weighted_matrix(data, options));
    ATTUNE_TRY(set_directions(matrix, options, pool, progress, parameters));
    auto model = std::make_unique<Svd>(data.catalogue, std::move(parameters));
    model->set_scale(scale_of_best(data, *model));
    return model;
}

Result<std::unique_ptr<Recommender>> load_svd(BinaryReader& reader,
                                              std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    Parameters parameters;
    ATTUNE_ASSIGN(parameters.strength, read_strength_options(reader, kName));
    parameters.max_evidence = reader.number<std::uint64_t>();
    parameters.scale = reader.number<double>();
    parameters.singular_values = reader.array<double>();
    const auto trained = reader.array<float>();
    ATTUNE_TRY(reader.status());
    const std::size_t rank = parameters.rank();
    ATTUNE_TRY(check_saved_rank(rank, mapping, kName));
    constexpr double kMaxScale = 1e30;
    if (!(parameters.scale > 0 && parameters.scale < kMaxScale) ||
        !all_finite(parameters.singular_values) || !all_finite(trained) ||
        trained.size() != mapping.size() * rank) {
        return corrupt_model(kName, "its directions are out of range");
    }
    parameters.products = placed_rows(trained, rank, mapping, catalogue->num_products());
    return std::make_unique<Svd>(std::move(catalogue), std::move(parameters));
}

}  // namespace attune
