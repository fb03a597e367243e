#include "models/neighbours/user_similarity.hpp"

#include <algorithm>
#include <cmath>

#include "core/hash.hpp"
#include "models/neighbours/item_similarity.hpp"

namespace attune {
namespace {

constexpr double kMostFactor = 1e30;

bool counts_only(SimilarityMeasure measure) {
    return measure == SimilarityMeasure::kJaccard || measure == SimilarityMeasure::kCooccurrence ||
           measure == SimilarityMeasure::kLift || measure == SimilarityMeasure::kLogLikelihood;
}

std::vector<double> num_customers_of(const CsrMatrix& counts) {
    std::vector<double> num_customers(counts.num_columns);
    for (const std::uint32_t product : counts.columns) ++num_customers[product];
    return num_customers;
}

/// TF-IDF or BM25 of the counts, products being the terms.
void weigh_terms(ItemWeighting weighting, UserKnnParameters& parameters) {
    ItemSimilarityOptions options;
    options.weighting = weighting;
    options.bm25_k1 = parameters.bm25_k1;
    options.bm25_b = parameters.bm25_b;
    const CsrMatrix& counts = parameters.weights;
    double total = 0;
    for (const float count : counts.values) total += count;
    if (total > 0) parameters.mean_length = total / static_cast<double>(counts.num_rows);
    const std::vector<double> num_customers = num_customers_of(counts);
    std::transform(num_customers.begin(), num_customers.end(), parameters.product_factors.begin(),
                   [&](double has) { return inverse_document_frequency(counts.num_rows, has); });
    parameters.weights = transpose(weighted_counts(transpose(counts), options));
}

struct RowSums {
    double values = 0;
    double squares = 0;  ///< times the products' factors
};

RowSums sums_of(const UserKnnParameters& parameters, std::size_t customer,
                const std::vector<double>& product_factors) {
    RowSums sums;
    const CsrMatrix& weights = parameters.weights;
    for (std::size_t at = weights.offsets[customer]; at < weights.offsets[customer + 1]; ++at) {
        const double value = weights.values[at];
        sums.values += value;
        sums.squares += value * value * product_factors[weights.columns[at]];
    }
    return sums;
}

double power(double value, double exponent) {
    return value > 0 ? std::min(std::pow(value, exponent), kMostFactor) : 0;
}

/// 1 / the deviation of a customer's counts over all products, and the mean times that.
void set_deviation(const RowSums& sums, std::size_t customer, UserKnnParameters& parameters) {
    const double mean = sums.values / static_cast<double>(parameters.weights.num_columns);
    const double square = sums.squares - mean * sums.values;
    // What rounding leaves of a customer who has all products alike is no deviation.
    constexpr double kRounding = 1e-6;
    const double factor = square > kRounding * sums.squares ? power(square, -0.5) : 0;
    parameters.customer_factors[customer] = factor;
    parameters.drags[customer] = std::min(mean * factor, kMostFactor);
}

void set_customer_factors(const UserExponents& exponents, UserKnnParameters& parameters) {
    const std::vector<double> ones(parameters.weights.num_columns, 1);
    const bool is_weighted = parameters.measure == SimilarityMeasure::kWeightedCosine;
    for (std::size_t v = 0; v < parameters.weights.num_rows; ++v) {
        const RowSums sums =
            sums_of(parameters, v, is_weighted ? parameters.product_factors : ones);
        double& factor = parameters.customer_factors[v];
        switch (parameters.measure) {
            case SimilarityMeasure::kWeightedCosine:
                factor = power(sums.squares, -exponents.customer);
                break;
            case SimilarityMeasure::kCosine:
            case SimilarityMeasure::kTfIdf:
                factor = power(sums.squares, -0.5);
                break;
            case SimilarityMeasure::kPearson:
                set_deviation(sums, v, parameters);
                break;
            case SimilarityMeasure::kLift:
                factor = power(sums.values, -1);
                break;
            case SimilarityMeasure::kBm25:
            case SimilarityMeasure::kJaccard:
            case SimilarityMeasure::kCooccurrence:
            case SimilarityMeasure::kLogLikelihood:
                break;
        }
    }
}

}  // namespace

void weigh_customers(const UserExponents& exponents, UserKnnParameters& parameters) {
    CsrMatrix& weights = parameters.weights;
    parameters.product_factors.assign(weights.num_columns, 1);
    parameters.customer_factors.assign(weights.num_rows, 1);
    if (parameters.measure == SimilarityMeasure::kPearson) {
        parameters.drags.assign(weights.num_rows, 0);
    }
    if (parameters.measure == SimilarityMeasure::kWeightedCosine) {
        const std::vector<double> num_customers = num_customers_of(weights);
        std::transform(num_customers.begin(), num_customers.end(),
                       parameters.product_factors.begin(),
                       [&](double has) { return power(has, -exponents.product); });
    } else if (parameters.measure == SimilarityMeasure::kTfIdf) {
        weigh_terms(ItemWeighting::kTfIdf, parameters);
    } else if (parameters.measure == SimilarityMeasure::kBm25) {
        weigh_terms(ItemWeighting::kBm25, parameters);
    } else if (counts_only(parameters.measure)) {
        std::fill(weights.values.begin(), weights.values.end(), 1.0F);
    }
    set_customer_factors(exponents, parameters);
}

std::uint64_t customer_key(std::string_view customer_id) {
    constexpr std::uint64_t kSeed = 0x757365725f6b6e6e;  // "user_knn"
    return hash64(customer_id, kSeed);
}

ProductOwners::ProductOwners(const UserKnnParameters& parameters)
    : customers(transpose(parameters.weights)),
      log_likelihood(parameters.measure == SimilarityMeasure::kLogLikelihood
                         ? parameters.weights.num_columns
                         : 0) {
    per_unit.reserve(customers.num_nonzero());
    for (std::size_t product = 0; product < customers.num_rows; ++product) {
        for (std::size_t at = customers.offsets[product]; at < customers.offsets[product + 1];
             ++at) {
            per_unit.push_back(customers.values[at] * parameters.product_factors[product] *
                               parameters.customer_factors[customers.columns[at]]);
        }
    }
    if (parameters.measure == SimilarityMeasure::kLogLikelihood) {
        for (std::size_t v = 0; v < parameters.weights.num_rows; ++v) {
            log_likelihood.counts.push_back(parameters.weights.row_columns(v).size());
        }
    }
    for (std::size_t v = 0; v < parameters.keys.size(); ++v) {
        if (parameters.keys[v] == 0) continue;
        rows.emplace(parameters.keys[v], static_cast<std::uint32_t>(v));
    }
}

std::uint32_t ProductOwners::row_of(std::string_view customer_id) const {
    const auto found = rows.find(customer_key(customer_id));
    return found == rows.end() ? kNobody : found->second;
}

UserSimilarities::UserSimilarities(const UserKnnParameters& parameters, const ProductOwners& owners,
                                   std::span<const ProductStrength> history)
    : parameters_(parameters),
      owners_(owners),
      num_products_(history.size()),
      sums_(owners.customers.num_columns) {
    for (const ProductStrength& entry : history) length_ += entry.strength;
    for (const ProductStrength& entry : history) {
        const double units = amount(entry);
        const std::size_t end = owners.customers.offsets[entry.product.at() + 1];
        for (std::size_t at = owners.customers.offsets[entry.product.at()]; at < end; ++at) {
            const double part = units * owners.per_unit[at];
            if (!(part > 0)) continue;
            const std::uint32_t customer = owners.customers.columns[at];
            if (sums_[customer] == 0) touched_.push_back(customer);
            sums_[customer] += part;
        }
    }
}

std::vector<Scored<double>> UserSimilarities::best(std::uint32_t left_out) const {
    TopK<double> best(parameters_.num_neighbours);
    for (const std::uint32_t customer : touched_) {
        if (customer == left_out) continue;
        const double similarity = sums_[customer] * gain(customer) - length_ * drag(customer);
        if (similarity > 0) best.offer(customer, similarity);
    }
    return best.take();
}

double UserSimilarities::share(std::uint32_t customer, const ProductStrength& entry) const {
    const double without = -entry.strength * drag(customer);
    const auto owners = owners_.customers.row_columns(entry.product.at());
    const auto found = std::lower_bound(owners.begin(), owners.end(), customer);
    if (found == owners.end() || *found != customer) return without;
    const std::size_t at = owners_.customers.offsets[entry.product.at()] +
                           static_cast<std::size_t>(found - owners.begin());
    return amount(entry) * owners_.per_unit[at] * gain(customer) + without;
}

/// a(w_i)
double UserSimilarities::amount(const ProductStrength& entry) const {
    if (counts_only(parameters_.measure)) return 1;
    if (parameters_.measure == SimilarityMeasure::kTfIdf) return std::sqrt(entry.strength);
    if (parameters_.measure == SimilarityMeasure::kBm25) {
        return bm25_weight(entry.strength, length_ / parameters_.mean_length, parameters_.bm25_k1,
                           parameters_.bm25_b);
    }
    return entry.strength;
}

/// What the measure makes of a unit of the sum, which is the number of products in common where
/// the gain is not 1.
double UserSimilarities::gain(std::uint32_t customer) const {
    const auto common = static_cast<std::size_t>(sums_[customer]);
    if (parameters_.measure == SimilarityMeasure::kJaccard) {
        const std::size_t all =
            num_products_ + parameters_.weights.row_columns(customer).size() - common;
        return 1 / static_cast<double>(all);
    }
    if (parameters_.measure == SimilarityMeasure::kLogLikelihood && common > 0) {
        const LogLikelihoodScore::Row row{&owners_.log_likelihood, num_products_};
        return row(common, customer) / static_cast<double>(common);
    }
    return 1;
}

double UserSimilarities::drag(std::uint32_t customer) const {
    return parameters_.drags.empty() ? 0 : parameters_.drags[customer];
}

}  // namespace attune
