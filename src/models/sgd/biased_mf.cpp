#include "models/sgd/biased_mf.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/event_evidence.hpp"
#include "models/feedback_checks.hpp"
#include "models/model_io.hpp"
#include "models/placed_rows.hpp"
#include "models/sgd/rating_fold_in.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "biased_mf";
constexpr std::uint32_t kVersion = 1;

using sgd::RatingFoldIn;
using sgd::RatingParameters;

class BiasedMf final : public Recommender {
 public:
    BiasedMf(std::shared_ptr<const Catalogue> catalogue, StrengthOptions strength,
             std::size_t max_evidence, RatingParameters parameters)
        : catalogue_(std::move(catalogue)),
          strength_(strength),
          max_evidence_(max_evidence),
          parameters_(std::move(parameters)) {}

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        const RatingFoldIn fold_in(parameters_, rated(customer));
        for (std::size_t j = 0; j < scores.size(); ++j) scores[j] = fold_in.score(ProductIndex(j));
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        const auto history = rated(customer);
        const RatingFoldIn fold_in(parameters_, history);
        if (fold_in.empty() || parameters_.known[product.at()] == 0) return {};
        const Eigen::VectorXd direction = fold_in.direction(product);
        Explanation explanation{fold_in.score(product), {}};
        std::vector<EventPart> events;
        double rest = explanation.score;
        for (const ProductStrength& entry : history) {
            const double contribution = (entry.strength - parameters_.baseline(entry.product)) *
                                        parameters_.along(entry.product, direction);
            rest -= contribution;
            events.push_back({entry.product, entry.latest, contribution, false});
        }
        choose_citable(history, product, explanation.score, events);
        explanation.evidence = event_evidence(std::move(events), max_evidence_, *catalogue_, kName);
        add_baseline(rest, kName, explanation.evidence);
        return explanation;
    }

    [[nodiscard]] std::vector<ModelFact> facts() const override {
        return {{"factors", static_cast<double>(parameters_.num_factors)}};
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, strength_);
        writer.number<std::uint64_t>(max_evidence_);
        writer.number(parameters_.mean);
        writer.number(parameters_.negative_weight);
        writer.number(parameters_.regularization);
        writer.number<std::uint64_t>(parameters_.num_factors);
        writer.array(parameters_.biases);
        writer.array(parameters_.products);
        writer.array(parameters_.known);
        writer.array(parameters_.gramian);
        writer.array(parameters_.prior);
    }

 private:
    /// The part of the history that the training knew.
    [[nodiscard]] std::vector<ProductStrength> rated(const CustomerView& customer) const {
        auto history = product_strengths(customer.history, customer.now, strength_);
        std::erase_if(history, [&](const ProductStrength& entry) {
            return parameters_.known[entry.product.at()] == 0;
        });
        return history;
    }

    template <typename LeaveOut>
    [[nodiscard]] double score_without(std::span<const ProductStrength> history,
                                       ProductIndex product, LeaveOut leave_out) const {
        std::vector<ProductStrength> others;
        for (std::size_t i = 0; i < history.size(); ++i) {
            if (!leave_out(i)) others.push_back(history[i]);
        }
        return RatingFoldIn(parameters_, others).score(product);
    }

    /// Of the strongest parts those that the score really falls without, alone and together.
    void choose_citable(std::span<const ProductStrength> history, ProductIndex product,
                        double score, std::vector<EventPart>& events) const {
        // Well above what rounding can do.
        constexpr double kLeastShare = 1e-6;
        std::vector<std::size_t> order(events.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::abs(events[a].contribution) > std::abs(events[b].contribution);
        });
        order.resize(std::min(order.size(), max_evidence_));
        for (const std::size_t i : order) {
            const double contribution = events[i].contribution;
            events[i].citable =
                contribution < 0 || score - score_without(history, product, [&](std::size_t at) {
                                        return at == i;
                                    }) > kLeastShare * contribution;
        }
        const auto is_cited = [&](std::size_t i) {
            return events[i].citable && events[i].contribution > 0;
        };
        if (score_without(history, product, is_cited) < score) return;
        for (EventPart& event : events) event.citable = event.citable && event.contribution < 0;
    }

    std::shared_ptr<const Catalogue> catalogue_;
    StrengthOptions strength_;
    std::size_t max_evidence_;
    RatingParameters parameters_;
};

/// Sums over all products of what the fold-in needs of those that were not dealt with.
void add_sums(RatingParameters& parameters) {
    const auto side = static_cast<Eigen::Index>(parameters.num_factors) + 1;
    Eigen::MatrixXd gramian = Eigen::MatrixXd::Zero(side, side);
    Eigen::VectorXd prior = Eigen::VectorXd::Zero(side);
    for (std::size_t j = 0; j < parameters.biases.size(); ++j) {
        const Eigen::VectorXd vector = parameters.extended(ProductIndex(j));
        gramian.selfadjointView<Eigen::Lower>().rankUpdate(vector);
        prior += parameters.baseline(ProductIndex(j)) * vector;
    }
    gramian.triangularView<Eigen::StrictlyUpper>() = gramian.transpose();
    parameters.gramian.assign(gramian.data(), gramian.data() + gramian.size());
    parameters.prior.assign(prior.data(), prior.data() + prior.size());
}

bool in_range(const RatingParameters& parameters) {
    const auto positive = [](double value) { return value >= 0 && std::isfinite(value); };
    return std::isfinite(parameters.mean) && positive(parameters.negative_weight) &&
           positive(parameters.regularization) && parameters.regularization > 0 &&
           all_finite(parameters.biases) && all_finite(parameters.products) &&
           all_finite(parameters.gramian) && all_finite(parameters.prior);
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_biased_mf(const TrainingData& data,
                                                   const BiasedMfOptions& options,
                                                   Progress& progress) {
    ATTUNE_TRY(validate(options.strength, kName));
    ATTUNE_TRY(validate(options.solver));
    ATTUNE_ASSIGN(const CsrMatrix ratings, feedback_matrix(data, options.strength, kName));
    RatingParameters parameters;
    const auto negatives = static_cast<double>(options.solver.num_negatives);
    parameters.regularization = options.solver.regularization * (1 + negatives);
    BiasedMfSolverOptions solver = options.solver;
    solver.num_factors = std::max<std::size_t>(
        1, std::min({solver.num_factors, ratings.num_rows, ratings.num_columns}));
    parameters.num_factors = solver.num_factors;
    parameters.biases.resize(data.num_products());
    parameters.products.resize(data.num_products() * parameters.num_factors);
    parameters.known.resize(data.num_products());
    if (ratings.num_nonzero() > 0) {
        ATTUNE_ASSIGN(const BiasedMfFactors factors,
                      fit_biased_mf_factors(ratings, solver, progress));
        parameters.mean = factors.mean;
        parameters.negative_weight = negatives / static_cast<double>(data.num_products());
        parameters.biases = factors.product_biases;
        for (std::size_t j = 0; j < data.num_products(); ++j) {
            const auto row = factors.products.row(j);
            std::copy(row.begin(), row.end(),
                      parameters.products.begin() +
                          static_cast<std::ptrdiff_t>(j * parameters.num_factors));
        }
        parameters.known.assign(data.num_products(), 1);
    }
    add_sums(parameters);
    return std::make_unique<BiasedMf>(data.catalogue, options.strength, options.max_evidence,
                                      std::move(parameters));
}

Result<std::unique_ptr<Recommender>> load_biased_mf(BinaryReader& reader,
                                                    std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    ATTUNE_ASSIGN(const StrengthOptions strength, read_strength_options(reader, kName));
    const auto max_evidence = reader.number<std::uint64_t>();
    RatingParameters parameters;
    parameters.mean = reader.number<double>();
    parameters.negative_weight = reader.number<double>();
    parameters.regularization = reader.number<double>();
    parameters.num_factors = reader.number<std::uint64_t>();
    parameters.biases = reader.array<float>();
    parameters.products = reader.array<float>();
    parameters.known = reader.array<std::uint8_t>();
    parameters.gramian = reader.array<double>();
    parameters.prior = reader.array<double>();
    ATTUNE_TRY(reader.status());
    ATTUNE_TRY(check_saved_rank(parameters.num_factors, mapping, kName));
    const std::size_t side = parameters.num_factors + 1;
    if (parameters.num_factors == 0 || parameters.biases.size() != mapping.size() ||
        parameters.known.size() != mapping.size() ||
        parameters.products.size() != mapping.size() * parameters.num_factors ||
        parameters.gramian.size() != side * side || parameters.prior.size() != side) {
        return corrupt_model(kName, "its factors are not those of its products");
    }
    if (!in_range(parameters)) return corrupt_model(kName, "its factors are out of range");
    const std::size_t num_products = catalogue->num_products();
    parameters.biases = placed_rows(parameters.biases, 1, mapping, num_products);
    parameters.known = placed_rows(parameters.known, 1, mapping, num_products);
    parameters.products =
        placed_rows(parameters.products, parameters.num_factors, mapping, num_products);
    return std::make_unique<BiasedMf>(std::move(catalogue), strength, max_evidence,
                                      std::move(parameters));
}

}  // namespace attune
