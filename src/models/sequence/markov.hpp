#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"
#include "models/sequence/sessions.hpp"

namespace attune {

enum class Repeats : std::uint8_t {
    kIgnored,  ///< only a customer's first dealings with a product count as a step to it
    kCounted,
};

/// What a step from one product to a later one counts.
struct TransitionOptions {
    std::size_t max_steps = 5;          ///< sessions ahead that count; 1: only the next one
    double step_decay = 0.8;            ///< each session further counts this much of the one before
    double gap_half_life_days = 30;     ///< time between the two after which a step counts half
    double target_half_life_days = 40;  ///< age of the later one after which it counts half
    double source_exponent = 1;         ///< c: a session of n products counts n^-c for each
    Repeats repeats = Repeats::kIgnored;
    double within_session = 1;  ///< what products of one session count for each other
};

struct MarkovOptions {
    double session_gap_minutes = 30;  ///< events closer than this are one step
    TransitionOptions transitions;
    StrengthOptions history{Strength::kStrongest, 30};  ///< of the customer's products when scoring
    double smoothing = 1;           ///< k > 0: how many steps' worth the back-off counts
    double normalization = 1;       ///< e: 1 for probabilities; less favours products of many steps
    double target_exponent = 0.5;   ///< b: of a target's share of sessions, a divisor
    std::size_t max_targets = 200;  ///< kept of each product
    std::size_t max_evidence = 10;
};

/// Steps from product i (row) to each other product j that the same customer came to later:
///
///     N_ij = sum over pairs of sessions s before t of  n_s^-c  d^(steps - 1)  2^(-gap / h_g)
///            2^(-age / h_a)  x_si x_tj
///
/// where a session is a step of within_session to itself, since what has no order may have come
/// either way.
///
/// @return num_products x num_products, only positive values, not pruned
/// @errors kCancelled
/// @threads on all of the pool; the bytes do not depend on their number
/// @cost   O(sum over sessions of products x products of the next max_steps sessions)
Result<CsrMatrix> transition_counts(const CutSessions& sessions, Timestamp as_of,
                                    const TransitionOptions& options, ThreadPool& pool,
                                    Progress& progress);

/// A first-order chain over each customer's sessions. From product i the next is j with
///
///     W_ij = (N_ij + k b_j) / (N_i + k)^e / q_j^b,   score_j = scale * sum_i s_i W_ij
///
/// where N_i is the sum of row i, b_j product j's share of what is stepped to (the back-off), q_j
/// its share of all sessions' products, whatever their age, and s_i the
/// customer's strength with i, faded by age: the score is a sum over the history, not the state of
/// the last event alone, so that each event is evidence of exactly its term.
///
/// @errors kInvalidArgument: options out of range, a weight that is not finite; kCancelled
/// @threads one fit at a time per pool; the bytes do not depend on the number of threads
/// @cost   transition_counts; scoring O(history x max_targets + products)
/// @source Rendle, Freudenthaler, Schmidt-Thieme, WWW 2010, section 4.1 (chains over baskets);
///         Jelinek-Mercer back-off as in Chen, Goodman, 1999; departures: steps fade, and further
///         ones than the next count
Result<std::unique_ptr<Recommender>> fit_markov(const TrainingData& data,
                                                const MarkovOptions& options, ThreadPool& pool,
                                                Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_markov(BinaryReader& reader,
                                                 std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
