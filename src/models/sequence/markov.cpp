#include "models/sequence/markov.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "math/top_k.hpp"
#include "models/check_option.hpp"
#include "models/linear/item_weights.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "markov";

using Row = std::vector<std::pair<std::uint32_t, double>>;  ///< targets ascending, and counts

Status check(const MarkovOptions& options) {
    ATTUNE_TRY(validate(options.history, kName));
    const TransitionOptions& steps = options.transitions;
    for (const double half_life : {steps.gap_half_life_days, steps.target_half_life_days}) {
        ATTUNE_TRY(validate(StrengthOptions{Strength::kStrongest, half_life}, kName));
    }
    ATTUNE_TRY(check_option(kName, "max_steps", static_cast<double>(steps.max_steps), 1, 1e6));
    ATTUNE_TRY(check_option(kName, "step_decay", steps.step_decay, 0, 1));
    ATTUNE_TRY(check_option(kName, "within_session", steps.within_session, 0, 1e6));
    ATTUNE_TRY(check_option(kName, "source_exponent", steps.source_exponent, 0, 4));
    ATTUNE_TRY(check_option(kName, "smoothing", options.smoothing, 1e-6, 1e6));
    ATTUNE_TRY(check_option(kName, "normalization", options.normalization, 0, 4));
    ATTUNE_TRY(check_option(kName, "target_exponent", options.target_exponent, 0, 4));
    return check_option(kName, "max_targets", static_cast<double>(options.max_targets), 1, 1e6);
}

/// What each session's products count as targets: faded by age, 0 where the customer had the
/// product in an earlier session and repeats are ignored.
CsrMatrix target_counts(const CutSessions& sessions, Timestamp as_of,
                        const TransitionOptions& options) {
    CsrMatrix targets = sessions.products;
    constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
    std::vector<std::size_t> last_customer(targets.num_columns, kNobody);
    for (std::size_t c = 0; c + 1 < sessions.offsets.size(); ++c) {
        for (std::size_t s = sessions.offsets[c]; s < sessions.offsets[c + 1]; ++s) {
            const double fresh = decay(sessions.times[s], as_of, options.target_half_life_days);
            for (std::size_t at = targets.offsets[s]; at < targets.offsets[s + 1]; ++at) {
                std::size_t& last = last_customer[targets.columns[at]];
                const bool repeats = last == c;
                last = c;
                const bool counts = !repeats || options.repeats == Repeats::kCounted;
                targets.values[at] = counts ? static_cast<float>(targets.values[at] * fresh) : 0;
            }
        }
    }
    return targets;
}

/// Counts the steps from one product after another.
class Counter {
 public:
    Counter(const CutSessions& sessions, Timestamp as_of, const TransitionOptions& options)
        : sessions_(sessions),
          options_(options),
          by_product_(transpose(sessions.products)),
          targets_(target_counts(sessions, as_of, options)) {
        for (std::size_t c = 0; c + 1 < sessions.offsets.size(); ++c) {
            for (std::size_t s = sessions.offsets[c]; s < sessions.offsets[c + 1]; ++s) {
                end_.push_back(std::min(sessions.offsets[c + 1], s + 1 + options.max_steps));
                const auto has = static_cast<double>(sessions.products.row_columns(s).size());
                source_factor_.push_back(std::pow(has, -options.source_exponent));
            }
        }
    }

    /// @param sums  zeros, one per product; zeros again afterwards
    [[nodiscard]] Row row(std::size_t product, std::vector<double>& sums) const {
        std::vector<std::uint32_t> touched;
        const auto sources = by_product_.row_columns(product);
        const auto values = by_product_.row_values(product);
        for (std::size_t k = 0; k < sources.size(); ++k) {
            add_steps(sources[k], values[k] * source_factor_[sources[k]], sums, touched);
        }
        std::sort(touched.begin(), touched.end());
        Row row;
        for (const std::uint32_t target : touched) {
            if (target != product) row.emplace_back(target, sums[target]);
            sums[target] = 0;
        }
        return row;
    }

 private:
    void add_steps(std::size_t source, double factor, std::vector<double>& sums,
                   std::vector<std::uint32_t>& touched) const {
        add_session(source, factor * options_.within_session, sums, touched);
        double steps = factor;
        for (std::size_t s = source + 1; s < end_[source]; ++s) {
            const double left =
                decay(sessions_.times[source], sessions_.times[s], options_.gap_half_life_days);
            add_session(s, steps * left, sums, touched);
            steps *= options_.step_decay;
        }
    }

    void add_session(std::size_t session, double count, std::vector<double>& sums,
                     std::vector<std::uint32_t>& touched) const {
        const auto products = targets_.row_columns(session);
        const auto values = targets_.row_values(session);
        for (std::size_t k = 0; k < products.size(); ++k) {
            const double added = count * values[k];
            if (!(added > 0)) continue;
            if (sums[products[k]] == 0) touched.push_back(products[k]);
            sums[products[k]] += added;
        }
    }

    const CutSessions& sessions_;
    const TransitionOptions& options_;
    CsrMatrix by_product_;               ///< num_products x num_sessions
    CsrMatrix targets_;                  ///< as sessions.products
    std::vector<std::size_t> end_;       ///< by session: behind the last that is a step away
    std::vector<double> source_factor_;  ///< by session
};

/// Each product's share of the values, and of nothing 0.
std::vector<double> column_shares(const CsrMatrix& targets) {
    std::vector<double> shares(targets.num_columns);
    double total = 0;
    for (std::size_t at = 0; at < targets.num_nonzero(); ++at) {
        shares[targets.columns[at]] += targets.values[at];
        total += targets.values[at];
    }
    if (total > 0) {
        for (double& share : shares) share /= total;
    }
    return shares;
}

/// The chain's probabilities: the strongest of each row, and the back-off.
void set_weights(const CsrMatrix& counts, const CutSessions& sessions, Timestamp as_of,
                 const MarkovOptions& options, ItemWeights& parameters) {
    const std::vector<double> shares =
        column_shares(target_counts(sessions, as_of, options.transitions));
    std::vector<double> target_factor;
    for (const double share : column_shares(sessions.products)) {
        target_factor.push_back(share > 0 ? std::pow(share, -options.target_exponent) : 0);
    }
    CsrMatrix& weights = parameters.weights;
    weights.num_rows = counts.num_rows;
    weights.num_columns = counts.num_columns;
    for (std::size_t i = 0; i < counts.num_rows; ++i) {
        const auto targets = counts.row_columns(i);
        const auto values = counts.row_values(i);
        double sum = 0;
        for (const float value : values) sum += value;
        const double factor = std::pow(sum + options.smoothing, -options.normalization);
        TopK<double> best(options.max_targets);
        for (std::size_t k = 0; k < targets.size(); ++k) {
            best.offer(targets[k], factor * values[k] * target_factor[targets[k]]);
        }
        auto kept = best.take();
        std::sort(kept.begin(), kept.end(),
                  [](const auto& a, const auto& b) { return a.index < b.index; });
        for (const auto& [target, weight] : kept) {
            if (!(static_cast<float>(weight) > 0)) continue;
            weights.columns.push_back(target);
            weights.values.push_back(static_cast<float>(weight));
        }
        weights.offsets.push_back(weights.columns.size());
        parameters.back_off.sources.push_back(static_cast<float>(options.smoothing * factor));
        parameters.back_off.targets.push_back(static_cast<float>(shares[i] * target_factor[i]));
    }
}

}  // namespace

Result<CsrMatrix> transition_counts(const CutSessions& sessions, Timestamp as_of,
                                    const TransitionOptions& options, ThreadPool& pool,
                                    Progress& progress) {
    const std::size_t num_products = sessions.products.num_columns;
    const Counter counter(sessions, as_of, options);
    std::vector<std::vector<double>> sums(pool.num_threads(), std::vector<double>(num_products));
    std::vector<Row> rows(num_products);
    ATTUNE_TRY(for_blocks(pool, progress, num_products, 0,
                          [&](std::size_t begin, std::size_t end, std::size_t thread) {
                              for (std::size_t i = begin; i < end; ++i) {
                                  rows[i] = counter.row(i, sums[thread]);
                              }
                          }));
    CsrMatrix counts;
    counts.num_rows = num_products;
    counts.num_columns = num_products;
    for (Row& row : rows) {
        for (const auto& [target, count] : row) {
            const auto value = static_cast<float>(count);
            if (!(value > 0)) continue;
            counts.columns.push_back(target);
            counts.values.push_back(value);
        }
        counts.offsets.push_back(counts.columns.size());
        Row().swap(row);
    }
    return counts;
}

Result<std::unique_ptr<Recommender>> fit_markov(const TrainingData& data,
                                                const MarkovOptions& options, ThreadPool& pool,
                                                Progress& progress) {
    ATTUNE_TRY(check(options));
    ATTUNE_ASSIGN(const CutSessions sessions,
                  cut_sessions(kName, data, options.session_gap_minutes));
    const ProgressStage stage(progress, kName, data.num_products());
    ATTUNE_ASSIGN(const CsrMatrix counts,
                  transition_counts(sessions, data.as_of, options.transitions, pool, progress));
    ItemWeights parameters;
    parameters.history = options.history;
    parameters.max_evidence = options.max_evidence;
    set_weights(counts, sessions, data.as_of, options, parameters);
    return make_item_weights(kName, data, std::move(parameters));
}

Result<std::unique_ptr<Recommender>> load_markov(BinaryReader& reader,
                                                 std::shared_ptr<const Catalogue> catalogue) {
    return load_item_weights(kName, reader, std::move(catalogue));
}

}  // namespace attune
