#include "evaluation/blend_tuner.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "core/random.hpp"
#include "evaluation/ranking_metrics.hpp"
#include "math/top_k.hpp"

namespace attune {
namespace {

constexpr std::size_t kCustomersPerChunk = 8;

/// All positions, or as many as fit, drawn and put back into order.
std::vector<std::size_t> choose_positions(std::size_t num_customers, std::size_t num_fitting,
                                          std::uint64_t seed) {
    std::vector<std::size_t> positions(num_customers);
    std::iota(positions.begin(), positions.end(), std::size_t{0});
    if (num_fitting < num_customers) {
        Random random(seed);
        random.shuffle(positions);
        positions.resize(num_fitting);
        std::sort(positions.begin(), positions.end());
    }
    return positions;
}

std::vector<std::uint32_t> candidate_positions(std::span<const ProductIndex> products,
                                               const std::vector<ProductIndex>& candidates) {
    std::vector<std::uint32_t> positions;
    for (const ProductIndex product : products) {
        const auto found = std::lower_bound(candidates.begin(), candidates.end(), product);
        if (found != candidates.end() && *found == product) {
            positions.push_back(static_cast<std::uint32_t>(found - candidates.begin()));
        }
    }
    return positions;
}

}  // namespace

Result<BlendTuner> BlendTuner::create(const TimeSplit& split, std::span<const ScoredModel> models,
                                      const BlendTunerOptions& options, ThreadPool& pool) {
    if (models.empty()) return fail(ErrorCode::kInvalidArgument, "there are no models to blend");
    if (options.k == 0) {
        return fail(ErrorCode::kInvalidArgument, "lists of 0 products say nothing: k >= 1");
    }
    const std::size_t row_bytes = models.size() * split.candidates.size() * sizeof(float);
    const std::size_t num_fitting = options.max_bytes / row_bytes;
    if (num_fitting == 0) {
        return fail(ErrorCode::kInvalidArgument, "{} bytes do not hold one customer's scores, {}",
                    options.max_bytes, row_bytes);
    }
    const std::vector<std::size_t> positions =
        choose_positions(split.num_customers(), num_fitting, options.seed);
    BlendTuner tuner;
    tuner.k_ = options.k;
    tuner.candidates_ = split.candidates;
    for (const ScoredModel& model : models) tuner.names_.push_back(model.name);
    for (const std::size_t position : positions) {
        const std::span<const ProductIndex> test = split.test_of(position);
        tuner.customers_.push_back(split.customers[position]);
        tuner.relevant_.emplace_back(test.begin(), test.end());
        tuner.held_.push_back(candidate_positions(split.held_of(position), split.candidates));
    }
    ATTUNE_TRY(tuner.fill(split, positions, models, options, pool));
    return tuner;
}

Status BlendTuner::fill(const TimeSplit& split, std::span<const std::size_t> positions,
                        std::span<const ScoredModel> models, const BlendTunerOptions& options,
                        ThreadPool& pool) {
    scores_.resize(positions.size() * num_models() * num_candidates());
    std::vector<std::vector<double>> scratch(pool.num_threads(),
                                             std::vector<double>(split.train.num_products()));
    std::vector<std::atomic<bool>> broken(models.size());
    const auto score_one = [&](std::size_t row, std::size_t m, std::vector<double>& scores) {
        models[m].score(split.view(positions[row]), scores);
        if (options.normalize) options.normalize(scores);
        float* const kept = &scores_[(row * num_models() + m) * num_candidates()];
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            kept[i] = static_cast<float>(scores[candidates_[i].at()]);
            if (!std::isfinite(kept[i])) broken[m] = true;
        }
    };
    pool.parallel_for(positions.size(), kCustomersPerChunk,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          for (std::size_t row = begin; row < end; ++row) {
                              for (std::size_t m = 0; m < models.size(); ++m) {
                                  score_one(row, m, scratch[thread]);
                              }
                          }
                      });
    for (std::size_t m = 0; m < models.size(); ++m) {
        if (broken[m]) {
            return fail(ErrorCode::kInternal, "model {} gives scores that are not finite",
                        names_[m]);
        }
    }
    return {};
}

Result<std::vector<double>> BlendTuner::ndcg_of_customers(std::span<const double> weights,
                                                          ThreadPool& pool) const {
    const bool finite = std::all_of(weights.begin(), weights.end(),
                                    [](double weight) { return std::isfinite(weight); });
    if (weights.size() != num_models() || !finite) {
        return fail(ErrorCode::kInvalidArgument, "{} models take as many finite weights, not {}",
                    num_models(), weights.size());
    }
    struct Scratch {
        std::vector<double> sum;
        TopK<double> best;
        std::vector<ProductIndex> list;
    };
    std::vector<Scratch> scratches(
        pool.num_threads(), Scratch{std::vector<double>(num_candidates()), TopK<double>(k_), {}});
    std::vector<double> ndcg(num_customers());
    const auto judge = [&](std::size_t position, Scratch& scratch) {
        std::fill(scratch.sum.begin(), scratch.sum.end(), 0.0);
        for (std::size_t m = 0; m < num_models(); ++m) {
            if (weights[m] == 0) continue;
            const std::span<const float> of_model = scores(m, position);
            for (std::size_t i = 0; i < of_model.size(); ++i) {
                scratch.sum[i] += weights[m] * static_cast<double>(of_model[i]);
            }
        }
        auto next_held = held_[position].begin();
        for (std::uint32_t i = 0; i < scratch.sum.size(); ++i) {
            if (next_held != held_[position].end() && *next_held == i) {
                ++next_held;
                continue;
            }
            scratch.best.offer(i, scratch.sum[i]);
        }
        scratch.list.clear();
        for (const auto& [i, score] : scratch.best.take()) scratch.list.push_back(candidates_[i]);
        ndcg[position] = score_list(scratch.list, relevant_[position], k_).ndcg;
    };
    pool.parallel_for(num_customers(), kCustomersPerChunk,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          for (std::size_t position = begin; position < end; ++position) {
                              judge(position, scratches[thread]);
                          }
                      });
    return ndcg;
}

Result<double> BlendTuner::ndcg_of_blend(std::span<const double> weights, ThreadPool& pool) const {
    ATTUNE_ASSIGN(const std::vector<double> ndcg, ndcg_of_customers(weights, pool));
    return std::accumulate(ndcg.begin(), ndcg.end(), 0.0) / static_cast<double>(ndcg.size());
}

}  // namespace attune
