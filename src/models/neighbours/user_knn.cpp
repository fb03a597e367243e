#include "models/neighbours/user_knn.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "math/top_k.hpp"
#include "models/event_evidence.hpp"
#include "models/matrix_io.hpp"
#include "models/model_io.hpp"
#include "models/neighbours/neighbour_support.hpp"
#include "models/neighbours/user_similarity.hpp"
#include "models/scale_of_best.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "user_knn";
constexpr std::uint32_t kVersion = 1;
constexpr double kMostFactor = 1e30;

using History = std::vector<ProductStrength>;
using Neighbours = std::vector<Scored<double>>;

/// Where the customer's row holds the product; none: it does not.
std::optional<std::size_t> find(const CsrMatrix& counts, std::size_t customer,
                                ProductIndex product) {
    const auto products = counts.row_columns(customer);
    const auto found = std::lower_bound(products.begin(), products.end(), product.value);
    if (found == products.end() || *found != product.value) return std::nullopt;
    return counts.offsets[customer] + static_cast<std::size_t>(found - products.begin());
}

/// Takes the score of one product apart.
class Breakdown {
 public:
    Breakdown(const UserKnnParameters& parameters, const ProductOwners& owners,
              const History& history, ProductIndex product)
        : parameters_(parameters),
          owners_(owners),
          history_(history),
          product_(product),
          similarities_(owners, history) {
        const Neighbours neighbours = similarities_.best(parameters.num_neighbours);
        score_ = score_of(neighbours);
        for (const ProductStrength& entry : history) {
            parts_.push_back({entry.product, entry.latest, contribution(entry, neighbours), false});
        }
        choose_citable();
    }

    [[nodiscard]] Explanation explanation(const Catalogue& catalogue) const {
        return {score_, event_evidence(parts_, parameters_.max_evidence, catalogue, kName)};
    }

 private:
    [[nodiscard]] double advice_of(std::size_t customer) const {
        const auto at = find(parameters_.counts, customer, product_);
        return at ? parameters_.scale * parameters_.advice[*at] : 0;
    }

    [[nodiscard]] double score_of(const Neighbours& neighbours) const {
        double score = 0;
        for (const auto& [customer, similarity] : neighbours) {
            score += similarity * advice_of(customer);
        }
        return score;
    }

    [[nodiscard]] double contribution(const ProductStrength& entry,
                                      const Neighbours& neighbours) const {
        double sum = 0;
        for (const auto& [customer, similarity] : neighbours) {
            const auto at = find(parameters_.counts, customer, entry.product);
            if (!at) continue;
            sum += entry.strength * parameters_.counts.values[*at] *
                   parameters_.product_factors[entry.product.at()] *
                   parameters_.customer_factors[customer] * advice_of(customer);
        }
        return sum;
    }

    /// Other customers may become neighbours when a product is gone, and like `product_` better.
    void choose_citable() {
        // Well above what rounding can do.
        constexpr double kLeastShare = 1e-6;
        std::vector<std::size_t> strongest(parts_.size());
        for (std::size_t i = 0; i < parts_.size(); ++i) strongest[i] = i;
        std::sort(strongest.begin(), strongest.end(), [&](std::size_t a, std::size_t b) {
            return parts_[a].contribution > parts_[b].contribution ||
                   (parts_[a].contribution == parts_[b].contribution && a < b);
        });
        std::vector<std::size_t> cited;
        for (const std::size_t i : strongest) {
            if (cited.size() == parameters_.max_evidence || parts_[i].contribution <= 0) break;
            similarities_.take_out(history_[i]);
            const double left = score_of(similarities_.best(parameters_.num_neighbours));
            similarities_.put_back(history_[i]);
            if (score_ - left > kLeastShare * parts_[i].contribution) cited.push_back(i);
        }
        // Each lowers the score; so must all together.
        while (!cited.empty() && !(score_without(cited) < score_ * (1 - kLeastShare))) {
            cited.pop_back();
        }
        for (const std::size_t i : cited) parts_[i].citable = true;
    }

    [[nodiscard]] double score_without(const std::vector<std::size_t>& left_out) const {
        History others;
        for (std::size_t i = 0; i < history_.size(); ++i) {
            if (std::find(left_out.begin(), left_out.end(), i) == left_out.end()) {
                others.push_back(history_[i]);
            }
        }
        return score_of(UserSimilarities(owners_, others).best(parameters_.num_neighbours));
    }

    const UserKnnParameters& parameters_;
    const ProductOwners& owners_;
    const History& history_;
    ProductIndex product_;
    UserSimilarities similarities_;
    double score_ = 0;
    std::vector<EventPart> parts_;  ///< in the order of the history
};

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
        const CsrMatrix& counts = parameters_.counts;
        const UserSimilarities similarities(owners_, strengths(customer));
        for (const auto& [neighbour, similarity] : similarities.best(parameters_.num_neighbours)) {
            for (std::size_t at = counts.offsets[neighbour]; at < counts.offsets[neighbour + 1];
                 ++at) {
                scores[counts.columns[at]] +=
                    similarity * parameters_.scale * parameters_.advice[at];
            }
        }
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        const History history = strengths(customer);
        return Breakdown(parameters_, owners_, history, product).explanation(*catalogue_);
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parameters_.history);
        writer.number<std::uint64_t>(parameters_.num_neighbours);
        writer.number<std::uint64_t>(parameters_.max_evidence);
        writer.number(parameters_.scale);
        write_matrix(writer, parameters_.counts);
        writer.array(parameters_.advice);
        writer.array(parameters_.customer_factors);
        writer.array(parameters_.product_factors);
    }

    void set_scale(double scale) { parameters_.scale = scale; }

 private:
    [[nodiscard]] History strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parameters_.history);
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
    if (options.num_neighbours == 0) {
        return fail(ErrorCode::kInvalidArgument, "{}: no neighbours asked for; ask for 1 or more",
                    kName);
    }
    for (const double exponent : {options.customer_exponent, options.product_exponent}) {
        if (!(exponent >= 0 && exponent <= 4)) {
            return fail(ErrorCode::kInvalidArgument, "{}: exponent {} is not in 0..4", kName,
                        exponent);
        }
    }
    return {};
}

void set_factors(UserKnnParameters& parameters, const UserKnnOptions& options) {
    const CsrMatrix& counts = parameters.counts;
    std::vector<double> num_customers(counts.num_columns);
    for (const std::uint32_t product : counts.columns) ++num_customers[product];
    for (const double count : num_customers) {
        parameters.product_factors.push_back(count > 0 ? std::pow(count, -options.product_exponent)
                                                       : 0);
    }
    for (std::size_t v = 0; v < counts.num_rows; ++v) {
        double length = 0;
        for (std::size_t at = counts.offsets[v]; at < counts.offsets[v + 1]; ++at) {
            const double value = counts.values[at];
            length += value * value * parameters.product_factors[counts.columns[at]];
        }
        const double factor = length > 0 ? std::pow(length, -options.customer_exponent) : 0;
        parameters.customer_factors.push_back(std::min(factor, kMostFactor));
    }
}

bool in_range(const std::vector<double>& factors) {
    return std::all_of(factors.begin(), factors.end(),
                       [](double factor) { return factor >= 0 && factor <= kMostFactor; });
}

/// The training customers' products among those that the catalogue has.
UserKnnParameters moved(UserKnnParameters from, const ProductMapping& mapping,
                        std::size_t num_products) {
    UserKnnParameters to = from;
    to.counts = {};
    to.counts.num_rows = from.counts.num_rows;
    to.counts.num_columns = num_products;
    to.advice.clear();
    to.product_factors.assign(num_products, 0);
    for (std::size_t product = 0; product < mapping.size(); ++product) {
        if (mapping[product]) {
            to.product_factors[mapping[product]->at()] = from.product_factors[product];
        }
    }
    for (std::size_t v = 0; v < from.counts.num_rows; ++v) {
        for (std::size_t at = from.counts.offsets[v]; at < from.counts.offsets[v + 1]; ++at) {
            const auto product = mapping[from.counts.columns[at]];
            if (!product) continue;
            to.counts.columns.push_back(product->value);
            to.counts.values.push_back(from.counts.values[at]);
            to.advice.push_back(from.advice[at]);
        }
        to.counts.offsets.push_back(to.counts.columns.size());
    }
    return to;
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_user_knn(const TrainingData& data,
                                                  const UserKnnOptions& options,
                                                  Progress& progress) {
    ATTUNE_TRY(check(options));
    progress.begin(kName, data.num_customers());
    if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the training was stopped");
    UserKnnParameters parameters;
    parameters.history = options.history;
    parameters.num_neighbours = options.num_neighbours;
    parameters.max_evidence = options.max_evidence;
    parameters.counts = strength_matrix(data, options.counts);
    parameters.advice = parameters.counts.values;
    const std::vector<float> freshness =
        freshness_of(data, parameters.counts, options.target_half_life_days);
    for (std::size_t at = 0; at < freshness.size(); ++at) parameters.advice[at] *= freshness[at];
    set_factors(parameters, options);
    auto model = std::make_unique<UserKnn>(data.catalogue, std::move(parameters));
    model->set_scale(scale_of_best(data, *model));
    progress.advance(data.num_customers());
    progress.end();
    return model;
}

Result<std::unique_ptr<Recommender>> load_user_knn(BinaryReader& reader,
                                                   std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    UserKnnParameters parameters;
    ATTUNE_ASSIGN(parameters.history, read_strength_options(reader, kName));
    parameters.num_neighbours = reader.number<std::uint64_t>();
    parameters.max_evidence = reader.number<std::uint64_t>();
    parameters.scale = reader.number<double>();
    ATTUNE_ASSIGN(parameters.counts, read_matrix(reader, kName, mapping.size()));
    parameters.advice = reader.array<float>();
    parameters.customer_factors = reader.array<double>();
    parameters.product_factors = reader.array<double>();
    ATTUNE_TRY(reader.status());
    const auto negative = [](float value) { return value < 0; };
    const CsrMatrix& counts = parameters.counts;
    if (!(parameters.scale > 0 && parameters.scale < kMostFactor) ||
        parameters.advice.size() != counts.num_nonzero() || !all_finite(parameters.advice) ||
        parameters.customer_factors.size() != counts.num_rows ||
        parameters.product_factors.size() != mapping.size() ||
        !in_range(parameters.customer_factors) || !in_range(parameters.product_factors) ||
        std::any_of(counts.values.begin(), counts.values.end(), negative) ||
        std::any_of(parameters.advice.begin(), parameters.advice.end(), negative)) {
        return corrupt_model(kName, "its histories are out of range");
    }
    parameters = moved(std::move(parameters), mapping, catalogue->num_products());
    return std::make_unique<UserKnn>(std::move(catalogue), std::move(parameters));
}

}  // namespace attune
