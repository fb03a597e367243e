#include "models/als.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "math/factor_products.hpp"
#include "models/als_evidence.hpp"
#include "models/feedback_checks.hpp"
#include "models/fold_in.hpp"
#include "models/model_io.hpp"
#include "models/placed_rows.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "als";
constexpr std::uint32_t kVersion = 3;  // 2 had less of the search, 1 nothing
constexpr std::size_t kRecallAt = 20;
constexpr double kMaxObservedWeight = 1e6;
constexpr double kNotMeasured = -1;  ///< in saved models, of the recall

struct Parameters {
    StrengthOptions strength;
    std::size_t max_evidence = 0;
    FoldInParameters fold_in;
    ItemSearchOptions search;
    std::optional<double> search_recall;  ///< of the 20 best; none: exact, or not measured
    std::vector<double> objectives;       ///< after each sweep, where they were asked for
};

FactorRows product_rows(const FoldInParameters& parameters) {
    const std::size_t rank = parameters.num_factors;
    FactorRows rows(rank == 0 ? 0 : parameters.products.size() / rank, rank);
    for (std::size_t j = 0; j < rows.num_rows(); ++j) {
        std::copy_n(parameters.product(ProductIndex(j)), rank, rows.row(j).begin());
    }
    return rows;
}

class Als final : public Recommender {
 public:
    Als(std::shared_ptr<const Catalogue> catalogue, Parameters parameters)
        : catalogue_(std::move(catalogue)),
          parameters_(std::move(parameters)),
          search_([this] { return product_rows(parameters_.fold_in); }, parameters_.search) {}

    /// Before anyone else has it.
    /// @errors those of ItemSearch::create
    Status measure_recall(const FactorRows& customers, ThreadPool& pool, Progress& progress) {
        if (catalogue_->num_products() <= parameters_.search.exact_up_to) return {};
        ATTUNE_ASSIGN(const ItemSearch* const search, search_.get(progress));
        if (search->is_exact()) return {};
        parameters_.search_recall = search->recall(customers, kRecallAt, pool);
        return {};
    }

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        const auto history = strengths(customer);
        if (history.empty()) {
            std::fill(scores.begin(), scores.end(), 0.0);
            return;
        }
        const FoldIn fold_in(parameters_.fold_in, history);
        for (std::size_t j = 0; j < scores.size(); ++j) scores[j] = fold_in.score(ProductIndex(j));
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        const auto history = strengths(customer);
        if (history.empty()) return {};
        return als_explanation(parameters_.fold_in, history, product, parameters_.max_evidence,
                               *catalogue_, kName);
    }

    [[nodiscard]] std::vector<Scored<double>> top_products(const CustomerView& customer,
                                                           std::size_t num_products, std::size_t k,
                                                           const ItemMask& mask) const override {
        const auto history = strengths(customer);
        if (history.empty()) return Recommender::top_products(customer, num_products, k, mask);
        NullProgress progress;
        const auto search = search_.get(progress);
        // Without the memory for an index all products are scored, which needs less.
        if (!search) return Recommender::top_products(customer, num_products, k, mask);
        const FoldIn fold_in(parameters_.fold_in, history);
        const Eigen::VectorXf factors = fold_in.factors().cast<float>();
        // The search scores in float: a few more than k, for `score` to put them in order.
        constexpr std::size_t kSpare = 16;
        std::vector<Scored<double>> best;
        for (const Scored<float>& found : (*search)->top_k(
                 {factors.data(), static_cast<std::size_t>(factors.size())}, k + kSpare, mask)) {
            best.push_back({found.index, fold_in.score(ProductIndex(found.index))});
        }
        std::sort(best.begin(), best.end(), ranks_before<double>);
        if (best.size() > k) best.resize(k);
        return best;
    }

    [[nodiscard]] std::vector<ModelFact> facts() const override {
        std::vector<ModelFact> facts{
            {"factors", static_cast<double>(parameters_.fold_in.num_factors)}};
        if (!parameters_.objectives.empty()) facts.push_back({"objective", parameters_.objectives});
        if (parameters_.search_recall) {
            facts.push_back({"search_recall_at_20", *parameters_.search_recall});
        }
        return facts;
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parameters_.strength);
        writer.number<std::uint64_t>(parameters_.max_evidence);
        const FoldInParameters& fold_in = parameters_.fold_in;
        writer.number(static_cast<std::uint8_t>(fold_in.objective.loss));
        writer.number(fold_in.objective.unobserved_weight);
        writer.number(fold_in.objective.regularization);
        writer.number(fold_in.objective.regularization_exponent);
        writer.number(fold_in.observed_weight);
        writer.number<std::uint64_t>(fold_in.num_trained);
        writer.array(fold_in.curvatures);
        writer.array(fold_in.products);
        const ItemSearchOptions& search = parameters_.search;
        for (const std::uint64_t value :
             {std::uint64_t{search.exact_up_to}, std::uint64_t{search.links},
              std::uint64_t{search.build_effort}, std::uint64_t{search.effort}, search.seed}) {
            writer.number(value);
        }
        writer.number(parameters_.search_recall.value_or(kNotMeasured));
        writer.array(parameters_.objectives);
    }

 private:
    [[nodiscard]] std::vector<ProductStrength> strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parameters_.strength);
    }

    std::shared_ptr<const Catalogue> catalogue_;
    Parameters parameters_;
    LazyItemSearch search_;
};

/// Turns all factors so that the Gramian of the products' is diagonal, and keeps it.
void set_products(AlsFactors& factors, ThreadPool& pool, FoldInParameters& parameters) {
    const PrincipalAxes turned = principal_axes(gramian(factors.products, pool));
    multiply_rows(factors.products, turned.axes, pool);
    multiply_rows(factors.customers, turned.axes, pool);
    const FactorRows& products = factors.products;
    parameters.num_factors = products.num_factors();
    parameters.products.clear();
    parameters.products.reserve(products.num_rows() * products.num_factors());
    for (std::size_t row = 0; row < products.num_rows(); ++row) {
        const auto own = products.row(row);
        parameters.products.insert(parameters.products.end(), own.begin(), own.end());
    }
    parameters.curvatures.assign(turned.curvatures.begin(), turned.curvatures.end());
}

/// Without any pair there is nothing to learn: factors of zeros, which score everything 0.
Result<AlsFactors> solve(const CsrMatrix& weights, AlsSolverOptions options, ThreadPool& pool,
                         Progress& progress) {
    ATTUNE_TRY(validate(options));
    if (weights.num_nonzero() == 0) {
        return AlsFactors{FactorRows(weights.num_rows, 1), FactorRows(weights.num_columns, 1)};
    }
    options.num_factors = std::min({options.num_factors, weights.num_rows, weights.num_columns});
    return solve_als(weights, options, pool, progress);
}

Status check_observed_weight(double weight) {
    if (weight > 0 && weight <= kMaxObservedWeight) return {};
    return fail(ErrorCode::kInvalidArgument, "als: observed_weight is {}; it may be above 0 to {}",
                weight, kMaxObservedWeight);
}

Result<FoldInParameters> read_fold_in(BinaryReader& reader) {
    FoldInParameters parameters;
    const auto loss = reader.number<std::uint8_t>();
    parameters.objective.unobserved_weight = reader.number<double>();
    parameters.objective.regularization = reader.number<double>();
    parameters.objective.regularization_exponent = reader.number<double>();
    parameters.observed_weight = reader.number<double>();
    parameters.num_trained = reader.number<std::uint64_t>();
    parameters.curvatures = reader.array<double>();
    parameters.products = reader.array<float>();
    ATTUNE_TRY(reader.status());
    parameters.num_factors = parameters.curvatures.size();
    if (loss > static_cast<std::uint8_t>(AlsLoss::kConfidence)) {
        return corrupt_model(kName, "no such objective");
    }
    parameters.objective.loss = static_cast<AlsLoss>(loss);
    if (!validate(parameters.objective) || !check_observed_weight(parameters.observed_weight)) {
        return corrupt_model(kName, "its weights are out of range");
    }
    const bool curvatures_hold =
        all_finite(parameters.curvatures) &&
        std::none_of(parameters.curvatures.begin(), parameters.curvatures.end(),
                     [](double curvature) { return curvature < 0; });
    if (!curvatures_hold || !all_finite(parameters.products)) {
        return corrupt_model(kName, "its factors are out of range");
    }
    return parameters;
}

/// The options of the search and how good it is, as each format has them.
Status read_search(BinaryReader& reader, std::uint32_t version, Parameters& parameters) {
    ItemSearchOptions& search = parameters.search;
    if (version == 1) return {};
    search.exact_up_to = reader.number<std::uint64_t>();
    if (version >= 3) {
        search.links = reader.number<std::uint64_t>();
        search.build_effort = reader.number<std::uint64_t>();
    }
    search.effort = reader.number<std::uint64_t>();
    search.seed = reader.number<std::uint64_t>();
    const auto recall = reader.number<double>();
    if (version >= 3) parameters.objectives = reader.array<double>();
    ATTUNE_TRY(reader.status());
    const bool is_share = recall >= 0 && recall <= 1;
    if (!validate(search) || !(is_share || recall == kNotMeasured) ||
        !all_finite(parameters.objectives)) {
        return corrupt_model(kName, "its search is out of range");
    }
    if (is_share) parameters.search_recall = recall;
    return {};
}

/// alpha r of each pair; what is too small for a float says nothing any more.
CsrMatrix weighted(const CsrMatrix& strengths, double observed_weight) {
    CsrMatrix weights;
    weights.num_rows = strengths.num_rows;
    weights.num_columns = strengths.num_columns;
    weights.offsets.reserve(strengths.num_rows + 1);
    for (std::size_t row = 0; row < strengths.num_rows; ++row) {
        for (std::size_t at = strengths.offsets[row]; at < strengths.offsets[row + 1]; ++at) {
            const float weight = strengths.values[at] * static_cast<float>(observed_weight);
            if (weight == 0) continue;
            weights.columns.push_back(strengths.columns[at]);
            weights.values.push_back(weight);
        }
        weights.offsets.push_back(weights.columns.size());
    }
    return weights;
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_als(const TrainingData& data, const AlsOptions& options,
                                             ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(validate(options.strength, kName));
    ATTUNE_TRY(validate(options.search));
    ATTUNE_TRY(check_observed_weight(options.observed_weight));
    ATTUNE_ASSIGN(const CsrMatrix strengths, feedback_matrix(data, options.strength, kName));
    const CsrMatrix weights = weighted(strengths, options.observed_weight);
    AlsSolverOptions solver = options.solver;
    solver.track_objective = options.measured;
    ATTUNE_ASSIGN(AlsFactors factors, solve(weights, solver, pool, progress));

    Parameters parameters{options.strength, options.max_evidence, {}, options.search, {}, {}};
    parameters.fold_in.objective = options.solver.objective;
    parameters.fold_in.observed_weight = options.observed_weight;
    parameters.fold_in.num_trained = data.num_products();
    parameters.objectives = std::move(factors.objectives);
    set_products(factors, pool, parameters.fold_in);
    auto model = std::make_unique<Als>(data.catalogue, std::move(parameters));
    if (options.measured) {
        ATTUNE_TRY(model->measure_recall(factors.customers, pool, progress));
    }
    return model;
}

Result<std::unique_ptr<Recommender>> load_als(BinaryReader& reader,
                                              std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_ASSIGN(const std::uint32_t version, read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    Parameters parameters;
    ATTUNE_ASSIGN(parameters.strength, read_strength_options(reader, kName));
    parameters.max_evidence = reader.number<std::uint64_t>();
    ATTUNE_ASSIGN(parameters.fold_in, read_fold_in(reader));
    ATTUNE_TRY(read_search(reader, version, parameters));
    FoldInParameters& fold_in = parameters.fold_in;
    const std::size_t rank = fold_in.num_factors;
    ATTUNE_TRY(check_saved_rank(rank, mapping, kName));
    if (rank == 0 || fold_in.products.size() != mapping.size() * rank) {
        return corrupt_model(kName, "its factors are not those of its products");
    }
    fold_in.products = placed_rows(fold_in.products, rank, mapping, catalogue->num_products());
    return std::make_unique<Als>(std::move(catalogue), std::move(parameters));
}

}  // namespace attune
