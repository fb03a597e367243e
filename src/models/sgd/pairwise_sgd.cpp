#include "models/sgd/pairwise_sgd.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <span>
#include <utility>

#include "math/dense.hpp"
#include "models/check_option.hpp"
#include "models/factor_start.hpp"
#include "models/feedback_checks.hpp"
#include "models/sgd/row_kernels.hpp"

namespace attune {
namespace sgd {
namespace {

/// One number that many threads read and write.
float load_shared(float& value) {
    return std::atomic_ref<float>(value).load(std::memory_order_relaxed);
}
void store_shared(float& value, float changed) {
    std::atomic_ref<float>(value).store(changed, std::memory_order_relaxed);
}

/// Positions in PositivePairs of the pairs of neighbouring customers.
struct Block {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// One part of the observed pairs, those of a range of customers, whose rows are its own.
struct alignas(64) Stream {
    Random random{0};
    std::vector<Block> blocks;
    double loss = 0;  ///< of the epoch
};

class Descent {
 public:
    Descent(const CsrMatrix& counts, const PairwiseOptions& options, PairwiseLoss loss,
            std::size_t max_draws, std::size_t num_streams)
        : options_(options),
          loss_(loss),
          max_draws_(max_draws),
          pairs_(counts),
          customers_(counts.num_rows, options.num_factors),
          products_(counts.num_columns, options.num_factors),
          biases_(counts.num_columns),
          rate_(static_cast<float>(options.learning_rate)),
          shrink_(static_cast<float>(options.learning_rate * options.regularization)) {
        Random random(options.seed);
        initialize(random);
        make_streams(num_streams, random);
        if (loss == PairwiseLoss::kWeightedHinge) {
            harmonic_.resize(counts.num_columns + 1);
            for (std::size_t rank = 1; rank <= counts.num_columns; ++rank) {
                harmonic_[rank] = harmonic_[rank - 1] + 1 / static_cast<double>(rank);
            }
        }
    }

    Status run(std::string_view name, ThreadPool& pool, Progress& progress,
               std::vector<double>& epoch_losses) {
        const ProgressStage stage(progress, name, options_.num_epochs * pairs_.size());
        for (std::size_t epoch = 0; epoch < options_.num_epochs; ++epoch) {
            for (Stream& stream : streams_) stream.loss = 0;
            ATTUNE_TRY(run_epoch(epoch * pairs_.size(), pool, progress));
            double loss = 0;
            for (const Stream& stream : streams_) loss += stream.loss;
            epoch_losses.push_back(loss * kLossStride / static_cast<double>(pairs_.size()));
            if (!std::isfinite(loss)) return diverged(name, epoch);
        }
        return {};
    }

    void move_to(PairwiseFactors& factors) {
        factors.customers = std::move(customers_);
        factors.products = std::move(products_);
        factors.biases = std::move(biases_);
    }

    [[nodiscard]] tl::unexpected<Error> diverged(std::string_view name, std::size_t epoch) const {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: the factors overflowed in epoch {}; give a learning_rate below {}", name,
                    epoch + 1, options_.learning_rate);
    }

 private:
    /// A draw on its way: looked up, fetched, then learned from.
    struct Draw {
        std::size_t position = 0;
        PositivePair pair;
        std::uint32_t other = 0;
    };

    /// The loss is looked at in one of so many draws, for a logarithm takes as long as the rest.
    static constexpr std::size_t kLossStride = 8;

    void initialize(Random& random) {
        // Uniform with the deviation asked for.
        const double width = options_.initial_deviation *
                             std::sqrt(12.0 / static_cast<double>(options_.num_factors));
        const auto fill = [&](std::span<float> row) {
            for (float& value : row) value = static_cast<float>(width * (random.uniform() - 0.5));
        };
        for (std::size_t c = 0; c < pairs_.num_customers(); ++c) fill(customers_.row(c));
        for (std::size_t j = 0; j < pairs_.num_products(); ++j) fill(products_.row(j));
    }

    /// Parts of about equally many pairs, cut between customers.
    void make_streams(std::size_t num_streams, Random& random) {
        std::size_t customer = 0;
        for (std::size_t s = 0; s < num_streams; ++s) {
            Stream& stream = streams_.emplace_back();
            stream.random = random.split();
            const std::size_t goal = pairs_.size() * (s + 1) / num_streams;
            const std::size_t first = customer;
            while (customer < pairs_.num_customers() && pairs_.first_of(customer) < goal) {
                ++customer;
            }
            stream.blocks = blocks_of(first, customer);
        }
    }

    /// Customers whose rows and pairs fit the caches next to a core.
    [[nodiscard]] std::vector<Block> blocks_of(std::size_t first, std::size_t last) const {
        constexpr std::size_t kMaxPairs = std::size_t{1} << 18;
        constexpr std::size_t kMaxRowBytes = std::size_t{1} << 20;
        const std::size_t max_customers =
            std::max<std::size_t>(1, kMaxRowBytes / (products_.stride() * sizeof(float)));
        std::vector<Block> blocks;
        std::size_t begin = first;
        for (std::size_t c = first; c < last; ++c) {
            const std::size_t size = pairs_.first_of(c + 1) - pairs_.first_of(begin);
            if (c + 1 < last && c + 1 - begin < max_customers && size < kMaxPairs) continue;
            if (size > 0) blocks.push_back({pairs_.first_of(begin), pairs_.first_of(c + 1)});
            begin = c + 1;
        }
        return blocks;
    }

    Status run_epoch(std::size_t done_before, ThreadPool& pool, Progress& progress) {
        std::size_t num_rounds = 0;
        for (Stream& stream : streams_) {
            stream.random.shuffle(stream.blocks);
            num_rounds = std::max(num_rounds, stream.blocks.size());
        }
        for (std::size_t round = 0; round < num_rounds; ++round) {
            if (progress.cancelled()) {
                return fail(ErrorCode::kCancelled, "the training was stopped");
            }
            pool.parallel_for(streams_.size(), 1,
                              [&](std::size_t first, std::size_t last, std::size_t) {
                                  for (std::size_t s = first; s < last; ++s) {
                                      Stream& stream = streams_[s];
                                      if (round < stream.blocks.size()) {
                                          draw(stream, stream.blocks[round]);
                                      }
                                  }
                              });
            progress.advance(done_before + pairs_.size() * (round + 1) / num_rounds);
        }
        return {};
    }

    /// Draws as many pairs as the block has and learns from them. Memory is asked for two strides
    /// ahead of its use, first for the pair, then for the rows it names.
    void draw(Stream& stream, Block block) {
        constexpr std::size_t kStride = 8;
        constexpr std::size_t kSlots = 32;
        std::array<Draw, kSlots> draws;
        const std::size_t count = block.last - block.first;
        for (std::size_t t = 0; t < count + 2 * kStride; ++t) {
            if (t < count) {
                Draw& drawn = draws[t % kSlots];
                drawn.position = block.first + PositivePairs::draw_below(stream.random, count);
                pairs_.prefetch(drawn.position);
            }
            if (t >= kStride && t < count + kStride) fetch(stream, draws[(t - kStride) % kSlots]);
            if (t >= 2 * kStride) {
                learn(stream, draws[(t - 2 * kStride) % kSlots], t % kLossStride == 0);
            }
        }
    }

    void fetch(Stream& stream, Draw& drawn) const {
        drawn.pair = pairs_[drawn.position];
        drawn.other = pairs_.draw_product(stream.random, options_.negatives);
        pairs_.prefetch_lookup({drawn.pair.customer, drawn.other});
        prefetch_row(customers_.row(drawn.pair.customer).data(), customers_.stride());
        prefetch_row(products_.row(drawn.pair.product).data(), products_.stride());
        prefetch_row(products_.row(drawn.other).data(), products_.stride());
    }

    void learn(Stream& stream, Draw& drawn, bool look_at_loss) {
        const std::uint32_t customer = drawn.pair.customer;
        if (!pairs_.make_negative(customer, drawn.other, stream.random, options_.negatives)) return;
        if (loss_ == PairwiseLoss::kWeightedHinge) {
            return learn_weighted(stream, drawn, look_at_loss);
        }
        const float margin =
            row_margin(own_row(drawn), liked_row(drawn), other_row(drawn), products_.stride()) +
            bias(drawn.pair.product) - bias(drawn.other);
        // log(1 + exp(-margin)) and its slope, without overflow on either side.
        const float decay = std::exp(-std::abs(margin));
        const float slope = (margin > 0 ? decay : 1) / (1 + decay);
        if (look_at_loss) stream.loss += std::log1p(decay) + std::max(0.0F, -margin);
        update(drawn, slope);
    }

    /// Draws others until one comes within 1 of the liked product; the sooner, the worse the liked
    /// one ranks, and the larger the step.
    void learn_weighted(Stream& stream, Draw& drawn, bool look_at_loss) {
        const std::size_t row_size = products_.stride();
        const float score =
            row_dot(own_row(drawn), liked_row(drawn), row_size) + bias(drawn.pair.product);
        for (std::size_t draws = 1;; ++draws) {
            const float violation =
                1 - score + row_dot(own_row(drawn), other_row(drawn), row_size) + bias(drawn.other);
            if (violation > 0 || std::isnan(violation)) {
                const std::size_t rank =
                    std::max<std::size_t>(1, (pairs_.num_products() - 1) / draws);
                const double weight = harmonic_[rank];
                if (look_at_loss) stream.loss += weight * static_cast<double>(violation);
                update(drawn, static_cast<float>(weight));
                return;
            }
            if (draws == max_draws_) return;
            drawn.other = pairs_.draw_product(stream.random, options_.negatives);
            if (!pairs_.make_negative(drawn.pair.customer, drawn.other, stream.random,
                                      options_.negatives)) {
                return;
            }
        }
    }

    void update(const Draw& drawn, float slope) {
        float* const own = own_row(drawn);
        float* const liked = liked_row(drawn);
        float* const other = other_row(drawn);
        pair_step(own, liked, other, products_.stride(), rate_ * slope, shrink_);
        if (options_.max_norm > 0) {
            const auto bound = static_cast<float>(options_.max_norm);
            for (float* const row : {own, liked, other}) cut_row(row, products_.stride(), bound);
        }
        if (!options_.biases) return;
        const float kept = 1 - shrink_;
        store_shared(biases_[drawn.pair.product], kept * bias(drawn.pair.product) + rate_ * slope);
        store_shared(biases_[drawn.other], kept * bias(drawn.other) - rate_ * slope);
    }

    [[nodiscard]] float* own_row(const Draw& drawn) {
        return customers_.row(drawn.pair.customer).data();
    }
    [[nodiscard]] float* liked_row(const Draw& drawn) {
        return products_.row(drawn.pair.product).data();
    }
    [[nodiscard]] float* other_row(const Draw& drawn) { return products_.row(drawn.other).data(); }
    [[nodiscard]] float bias(std::uint32_t product) { return load_shared(biases_[product]); }

    const PairwiseOptions& options_;
    PairwiseLoss loss_;
    std::size_t max_draws_;
    PositivePairs pairs_;
    FactorRows customers_;
    FactorRows products_;
    std::vector<float> biases_;
    std::vector<double> harmonic_;  ///< 1 + 1/2 + ... + 1/rank
    float rate_;
    float shrink_;
    std::vector<Stream> streams_;
};

}  // namespace

Result<PairwiseFactors> fit_pairwise(const CsrMatrix& counts, const PairwiseOptions& options,
                                     PairwiseLoss loss, std::size_t max_draws,
                                     std::string_view name, ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(validate(options, name));
    ATTUNE_TRY(check_feedback(counts, name));
    ATTUNE_TRY(check_rank(options.num_factors, counts, name));
    const std::size_t num_streams =
        options.num_threads == 0 ? pool.num_threads() : options.num_threads;
    Descent descent(counts, options, loss, max_draws, num_streams);
    PairwiseFactors factors;
    ATTUNE_TRY(descent.run(name, pool, progress, factors.epoch_losses));
    descent.move_to(factors);
    if (!all_finite(factors.customers) || !all_finite(factors.products) ||
        !all_finite(factors.biases)) {
        return descent.diverged(name, options.num_epochs - 1);
    }
    return factors;
}

}  // namespace sgd

Status validate(const PairwiseOptions& options, std::string_view model) {
    const auto check = [&](std::string_view name, double value, double minimum, double maximum) {
        return check_option(model, name, value, minimum, maximum);
    };
    ATTUNE_TRY(check("num_factors", static_cast<double>(options.num_factors), 1, kMostFactors));
    ATTUNE_TRY(check("num_epochs", static_cast<double>(options.num_epochs), 1, 100'000));
    ATTUNE_TRY(check("learning_rate", options.learning_rate, 1e-6, 10));
    ATTUNE_TRY(check("regularization", options.regularization, 0, 10));
    ATTUNE_TRY(check("learning_rate x regularization",
                     options.learning_rate * options.regularization, 0, 1));
    ATTUNE_TRY(check("max_norm", options.max_norm, 0, 1e3));
    ATTUNE_TRY(check("initial_deviation", options.initial_deviation, 1e-6, 1e3));
    return check("num_threads", static_cast<double>(options.num_threads), 0, 1024);
}

}  // namespace attune
