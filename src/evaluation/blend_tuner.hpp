#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/recommend_lists.hpp"
#include "evaluation/split.hpp"

namespace attune {

struct BlendTunerOptions {
    std::size_t k = 10;
    /// Done to each model's scores of the whole catalogue, for each customer, before they are
    /// added up: the scaling that the blend itself uses. None: the scores as they are. Called from
    /// many threads.
    std::function<void(std::span<double>)> normalize = {};
    /// Of the kept scores. When those of all test customers take more, customers are drawn.
    std::size_t max_bytes = std::size_t{1} << 30;
    std::uint64_t seed = 1;  ///< of that drawing
};

/// The scores that several models give the test customers' candidates, kept so that weights can be
/// tried in milliseconds.
///
/// @threads  members are const and may be called from many threads
class BlendTuner {
 public:
    /// @errors kInvalidArgument: no models, k is 0, max_bytes too small for one customer;
    ///         kInternal: a score that is not finite
    /// @cost   one scoring by every model a customer; 4 bytes a model, customer and candidate
    static Result<BlendTuner> create(const TimeSplit& split, std::span<const ScoredModel> models,
                                     const BlendTunerOptions& options, ThreadPool& pool);

    [[nodiscard]] std::size_t num_models() const { return names_.size(); }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] std::size_t num_customers() const { return customers_.size(); }
    [[nodiscard]] std::size_t num_candidates() const { return candidates_.size(); }
    /// In the order of the score vectors.
    [[nodiscard]] const std::vector<ProductIndex>& candidates() const { return candidates_; }
    [[nodiscard]] const std::vector<CustomerIndex>& customers() const { return customers_; }

    /// One model's scores of the candidates for the customer at `position`.
    [[nodiscard]] std::span<const float> scores(std::size_t model, std::size_t position) const {
        return std::span(scores_).subspan((position * num_models() + model) * num_candidates(),
                                          num_candidates());
    }

    /// NDCG@k of the weighted sum for each customer.
    /// @errors kInvalidArgument: not one finite weight for each model
    [[nodiscard]] Result<std::vector<double>> ndcg_of_customers(std::span<const double> weights,
                                                                ThreadPool& pool) const;
    /// The mean of it. Deterministic whatever the threads.
    [[nodiscard]] Result<double> ndcg_of_blend(std::span<const double> weights,
                                               ThreadPool& pool) const;

 private:
    BlendTuner() = default;
    Status fill(const TimeSplit& split, std::span<const std::size_t> positions,
                std::span<const ScoredModel> models, const BlendTunerOptions& options,
                ThreadPool& pool);

    std::size_t k_ = 0;
    std::vector<std::string> names_;
    std::vector<ProductIndex> candidates_;
    std::vector<CustomerIndex> customers_;
    std::vector<std::vector<ProductIndex>> relevant_;  ///< by customer, ascending
    std::vector<std::vector<std::uint32_t>> held_;     ///< candidate positions, ascending
    std::vector<float> scores_;                        ///< customer, model, candidate
};

}  // namespace attune
