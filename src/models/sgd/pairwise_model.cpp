#include "models/sgd/pairwise_model.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/sgd/factor_model.hpp"
#include "models/sgd/history_map.hpp"

namespace attune::sgd {

std::unique_ptr<Recommender> make_pairwise_model(std::string_view name, const TrainingData& data,
                                                 const CsrMatrix& strengths,
                                                 const PairwiseFactors& factors,
                                                 const PairwiseModelOptions& options,
                                                 ThreadPool& pool) {
    const Eigen::MatrixXd map = fit_history_map(strengths, factors.customers, factors.products,
                                                options.history_ridge, pool);
    FactorModelParts parts;
    parts.name = name;
    parts.strength = options.strength;
    parts.max_evidence = options.max_evidence;
    parts.num_factors = factors.products.num_factors();
    for (std::size_t j = 0; j < factors.products.num_rows(); ++j) {
        const auto row = factors.products.row(j);
        const Eigen::Map<const Eigen::VectorXf> vector(row.data(), map.rows());
        const Eigen::VectorXf mapped = (map.transpose() * vector.cast<double>()).cast<float>();
        parts.products.insert(parts.products.end(), row.begin(), row.end());
        parts.histories.insert(parts.histories.end(), mapped.begin(), mapped.end());
    }
    parts.biases = factors.biases;
    const float least = *std::min_element(parts.biases.begin(), parts.biases.end());
    for (float& bias : parts.biases) bias -= least;
    return make_factor_model(data.catalogue, std::move(parts));
}

std::unique_ptr<Recommender> make_empty_model(std::string_view name, const TrainingData& data,
                                              const PairwiseModelOptions& options) {
    FactorModelParts parts;
    parts.name = name;
    parts.strength = options.strength;
    parts.max_evidence = options.max_evidence;
    parts.num_factors = 1;
    parts.products.resize(data.num_products());
    parts.histories.resize(data.num_products());
    parts.biases.resize(data.num_products());
    return make_factor_model(data.catalogue, std::move(parts));
}

Status validate(const PairwiseModelOptions& options, std::string_view model) {
    ATTUNE_TRY(attune::validate(options.strength, model));
    if (options.history_ridge >= 1e-9 && options.history_ridge <= 1e6) return {};
    return fail(ErrorCode::kInvalidArgument, "{}: history_ridge is {}; it may be 1e-9 to 1e6",
                model, options.history_ridge);
}

}  // namespace attune::sgd
