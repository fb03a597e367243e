#include "models/als.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "math/factor_products.hpp"
#include "models/event_evidence.hpp"
#include "models/fold_in.hpp"
#include "models/model_io.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "als";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kRecallAt = 20;
constexpr double kMaxObservedWeight = 1e6;

struct Parameters {
    StrengthOptions strength;
    std::size_t max_evidence = 0;
    FoldInParameters fold_in;
    ItemSearchOptions search;
    double search_recall = 1;  ///< of the 20 best, when the search is approximate
};

/// One product of the history while a score is taken apart.
struct Part {
    ProductStrength entry;
    double contribution = 0;
    bool citable = false;
};

/// Takes one score apart.
class Breakdown {
 public:
    Breakdown(const Parameters& parameters, std::span<const ProductStrength> history,
              ProductIndex product)
        : parameters_(parameters),
          product_(product),
          whole_(parameters.fold_in, history),
          direction_(whole_.solve(product)),
          score_(whole_.score(product)) {
        for (const ProductStrength& entry : history) {
            const double contribution = whole_.target(entry.strength) * along(entry, direction_);
            parts_.push_back({entry, contribution});
        }
        std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
            const double size_a = std::abs(a.contribution);
            const double size_b = std::abs(b.contribution);
            return size_a > size_b || (size_a == size_b && a.entry.product < b.entry.product);
        });
        choose_citable();
    }

    [[nodiscard]] Explanation explanation(const Catalogue& catalogue) const {
        std::vector<EventPart> events;
        for (const Part& part : parts_) {
            events.push_back(
                {part.entry.product, part.entry.latest, part.contribution, part.citable});
        }
        return {score_,
                event_evidence(std::move(events), parameters_.max_evidence, catalogue, kName)};
    }

 private:
    [[nodiscard]] double along(const ProductStrength& entry, const Eigen::VectorXd& vector) const {
        return dot(parameters_.fold_in.product(entry.product), vector.data(),
                   parameters_.fold_in.num_factors);
    }

    /// How much the score falls without one product.
    [[nodiscard]] double drop_without(const ProductStrength& entry) const {
        // The regularization falls too. Where that is more than a trifle, solve again.
        constexpr double kTrifle = 1e-3;
        const FoldInParameters& fold_in = parameters_.fold_in;
        const double now = fold_in.regularization(parts_.size());
        const double then = fold_in.regularization(parts_.size() - 1);
        if (now - then <= kTrifle * now) return estimated_drop(entry, now - then);
        return score_ - score_of_others(
                            [&](const Part& part) { return part.entry.product == entry.product; });
    }

    /// The same by a rank-one update, exact but for the square of what the regularization falls by.
    [[nodiscard]] double estimated_drop(const ProductStrength& entry, double lighter) const {
        const double weight = whole_.weight(entry.strength);
        const double target = whole_.target(entry.strength);
        const Eigen::VectorXd influence = whole_.solve(entry.product);
        const double leverage = weight * along(entry, influence);
        const double residual = target - weight * along(entry, whole_.factors());
        const Eigen::VectorXd factors =
            whole_.factors() - influence * (residual / std::max(1e-12, 1 - leverage));
        return along(entry, direction_) * (target - weight * along(entry, factors)) -
               lighter * direction_.dot(factors);
    }

    void choose_citable() {
        // Well above what rounding and the approximation can do.
        constexpr double kLeastShare = 1e-3;
        std::size_t num_citable = 0;
        for (Part& part : parts_) {
            if (num_citable == parameters_.max_evidence) break;
            part.citable =
                part.contribution < 0 || drop_without(part.entry) > kLeastShare * part.contribution;
            if (part.citable) ++num_citable;
        }
        const auto is_cited = [](const Part& part) {
            return part.citable && part.contribution > 0;
        };
        if (score_of_others(is_cited) < score_) return;
        for (Part& part : parts_) part.citable = part.citable && part.contribution < 0;
    }

    /// The score without the parts that `leave_out` holds for.
    template <typename LeaveOut>
    [[nodiscard]] double score_of_others(const LeaveOut& leave_out) const {
        std::vector<ProductStrength> others;
        for (const Part& part : parts_) {
            if (!leave_out(part)) others.push_back(part.entry);
        }
        return FoldIn(parameters_.fold_in, others).score(product_);
    }

    const Parameters& parameters_;
    ProductIndex product_;
    FoldIn whole_;
    Eigen::VectorXd direction_;  ///< A^-1 y of the product
    double score_;
    std::vector<Part> parts_;  ///< strongest first
};

class Als final : public Recommender {
 public:
    Als(std::shared_ptr<const Catalogue> catalogue, Parameters parameters, ItemSearch search)
        : catalogue_(std::move(catalogue)),
          parameters_(std::move(parameters)),
          search_(std::move(search)) {}

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
        return Breakdown(parameters_, history, product).explanation(*catalogue_);
    }

    [[nodiscard]] std::vector<Scored<double>> top_products(const CustomerView& customer,
                                                           std::size_t num_products, std::size_t k,
                                                           const ItemMask& mask) const override {
        const auto history = strengths(customer);
        if (history.empty()) return Recommender::top_products(customer, num_products, k, mask);
        const FoldIn fold_in(parameters_.fold_in, history);
        const Eigen::VectorXf factors = fold_in.factors().cast<float>();
        // The search scores in float: a few more than k, for `score` to put them in order.
        constexpr std::size_t kSpare = 16;
        std::vector<Scored<double>> best;
        for (const Scored<float>& found : search_.top_k(
                 {factors.data(), static_cast<std::size_t>(factors.size())}, k + kSpare, mask)) {
            best.push_back({found.index, fold_in.score(ProductIndex(found.index))});
        }
        std::sort(best.begin(), best.end(), ranks_before<double>);
        if (best.size() > k) best.resize(k);
        return best;
    }

    [[nodiscard]] std::vector<ModelFact> facts() const override {
        if (search_.is_exact()) return {};
        return {{"search_recall_at_20", parameters_.search_recall}};
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
        writer.number<std::uint64_t>(parameters_.search.exact_up_to);
        writer.number<std::uint64_t>(parameters_.search.effort);
        writer.number<std::uint64_t>(parameters_.search.seed);
        writer.number(parameters_.search_recall);
    }

 private:
    [[nodiscard]] std::vector<ProductStrength> strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parameters_.strength);
    }

    std::shared_ptr<const Catalogue> catalogue_;
    Parameters parameters_;
    ItemSearch search_;
};

FactorRows product_rows(const FoldInParameters& parameters) {
    const std::size_t rank = parameters.num_factors;
    FactorRows rows(rank == 0 ? 0 : parameters.products.size() / rank, rank);
    for (std::size_t j = 0; j < rows.num_rows(); ++j) {
        std::copy_n(parameters.product(ProductIndex(j)), rank, rows.row(j).begin());
    }
    return rows;
}

/// How much of the exact lists the search finds, on up to 1,000 customers spread over all.
double measured_recall(const ItemSearch& search, const FactorRows& customers, ThreadPool& pool) {
    if (search.is_exact()) return 1;
    constexpr std::size_t kMostCustomers = 1'000;
    const std::size_t step = customers.num_rows() / kMostCustomers + 1;
    FactorRows sample((customers.num_rows() + step - 1) / step, customers.num_factors());
    for (std::size_t row = 0; row < sample.num_rows(); ++row) {
        std::copy_n(customers.row(row * step).begin(), customers.num_factors(),
                    sample.row(row).begin());
    }
    return search.recall(sample, kRecallAt, pool);
}

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

}  // namespace

Result<std::unique_ptr<Recommender>> fit_als(const TrainingData& data, const AlsOptions& options,
                                             ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(validate(options.strength, kName));
    ATTUNE_TRY(check_observed_weight(options.observed_weight));
    CsrMatrix weights = strength_matrix(data, options.strength);
    for (float& weight : weights.values) weight *= static_cast<float>(options.observed_weight);
    ATTUNE_ASSIGN(AlsFactors factors, solve(weights, options.solver, pool, progress));

    Parameters parameters{options.strength, options.max_evidence, {}, options.search};
    parameters.fold_in.objective = options.solver.objective;
    parameters.fold_in.observed_weight = options.observed_weight;
    parameters.fold_in.num_trained = data.num_products();
    set_products(factors, pool, parameters.fold_in);
    ATTUNE_ASSIGN(ItemSearch search,
                  ItemSearch::create(factors.products, options.search, pool, progress));
    parameters.search_recall = measured_recall(search, factors.customers, pool);
    return std::make_unique<Als>(data.catalogue, std::move(parameters), std::move(search));
}

Result<std::unique_ptr<Recommender>> load_als(BinaryReader& reader,
                                              std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    Parameters parameters;
    ATTUNE_ASSIGN(parameters.strength, read_strength_options(reader, kName));
    parameters.max_evidence = reader.number<std::uint64_t>();
    ATTUNE_ASSIGN(parameters.fold_in, read_fold_in(reader));
    parameters.search.exact_up_to = reader.number<std::uint64_t>();
    parameters.search.effort = reader.number<std::uint64_t>();
    parameters.search.seed = reader.number<std::uint64_t>();
    parameters.search_recall = reader.number<double>();
    ATTUNE_TRY(reader.status());
    if (!validate(parameters.search) ||
        !(parameters.search_recall >= 0 && parameters.search_recall <= 1)) {
        return corrupt_model(kName, "its search is out of range");
    }
    FoldInParameters& fold_in = parameters.fold_in;
    const std::size_t rank = fold_in.num_factors;
    if (rank == 0 || fold_in.products.size() != mapping.size() * rank) {
        return corrupt_model(kName, "its factors are not those of its products");
    }
    std::vector<float> products(catalogue->num_products() * rank);
    for (std::size_t j = 0; j < mapping.size(); ++j) {
        if (!mapping[j]) continue;
        std::copy_n(fold_in.products.begin() + static_cast<std::ptrdiff_t>(j * rank), rank,
                    products.begin() + static_cast<std::ptrdiff_t>(mapping[j]->at() * rank));
    }
    fold_in.products = std::move(products);
    ThreadPool pool;
    NullProgress progress;
    ATTUNE_ASSIGN(ItemSearch search,
                  ItemSearch::create(product_rows(fold_in), parameters.search, pool, progress));
    return std::make_unique<Als>(std::move(catalogue), std::move(parameters), std::move(search));
}

}  // namespace attune
