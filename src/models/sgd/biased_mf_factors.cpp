#include "models/sgd/biased_mf_factors.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "math/dense.hpp"
#include "models/factor_start.hpp"
#include "models/feedback_checks.hpp"
#include "models/sgd/positive_pairs.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "biased_mf";

class RatingDescent {
 public:
    RatingDescent(const CsrMatrix& ratings, const BiasedMfSolverOptions& options)
        : ratings_(ratings), options_(options), pairs_(ratings), random_(options.seed) {
        factors_.customer_biases.resize(ratings.num_rows);
        factors_.product_biases.resize(ratings.num_columns);
        factors_.customers = random_factors(ratings.num_rows, options.num_factors,
                                            options.initial_deviation, random_);
        factors_.products = random_factors(ratings.num_columns, options.num_factors,
                                           options.initial_deviation, random_);
        double sum = 0;
        for (const float rating : ratings.values) {
            sum += static_cast<double>(rating);
            largest_ = std::max(largest_, std::abs(static_cast<double>(rating)));
        }
        factors_.mean = sum / static_cast<double>(ratings.num_nonzero()) /
                        (1 + static_cast<double>(options.num_negatives));
        order_.resize(ratings.num_nonzero());
        for (std::size_t at = 0; at < order_.size(); ++at) order_[at] = at;
    }

    Result<BiasedMfFactors> run(Progress& progress) {
        // Nobody's ratings are missed by a thousand times the largest: it diverges.
        constexpr double kMostError = 1e3;
        const ProgressStage stage(progress, kName, options_.num_epochs * order_.size());
        for (std::size_t epoch = 0; epoch < options_.num_epochs; ++epoch) {
            random_.shuffle(order_);
            ATTUNE_ASSIGN(const double squares, run_epoch(epoch * order_.size(), progress));
            const double rmse = std::sqrt(squares / static_cast<double>(order_.size()));
            factors_.epoch_rmse.push_back(rmse);
            if (!(rmse <= kMostError * std::max(largest_, 1e-30))) return diverged(epoch);
        }
        if (!all_finite(factors_.customers) || !all_finite(factors_.products) ||
            !all_finite(factors_.customer_biases) || !all_finite(factors_.product_biases)) {
            return diverged(options_.num_epochs - 1);
        }
        return std::move(factors_);
    }

 private:
    /// The sum of the ratings' squared errors.
    Result<double> run_epoch(std::size_t done_before, Progress& progress) {
        constexpr std::size_t kBlock = std::size_t{1} << 16;
        double squares = 0;
        for (std::size_t at = 0; at < order_.size(); ++at) {
            if (at % kBlock == 0) {
                if (progress.cancelled()) {
                    return fail(ErrorCode::kCancelled, "the training was stopped");
                }
                progress.advance(done_before + at);
            }
            const std::size_t position = order_[at];
            const sgd::PositivePair pair = pairs_[position];
            const double error = step(pair.customer, pair.product, ratings_.values[position]);
            squares += error * error;
            for (std::size_t n = 0; n < options_.num_negatives; ++n) {
                constexpr auto kUniform = sgd::NegativeSampling::kUniform;
                std::uint32_t other = pairs_.draw_product(random_, kUniform);
                if (!pairs_.make_negative(pair.customer, other, random_, kUniform)) break;
                step(pair.customer, other, 0);
            }
        }
        return squares;
    }

    double step(std::uint32_t customer, std::uint32_t product, float rating) {
        const sgd::RatingRow row{&factors_.customer_biases[customer],
                                 &factors_.product_biases[product],
                                 factors_.customers.row(customer).data(),
                                 factors_.products.row(product).data(), options_.num_factors};
        return static_cast<double>(sgd::rating_step(row, rating, static_cast<float>(factors_.mean),
                                                    static_cast<float>(options_.learning_rate),
                                                    static_cast<float>(options_.regularization)));
    }

    [[nodiscard]] tl::unexpected<Error> diverged(std::size_t epoch) const {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: it diverged in epoch {}; give a learning_rate below {}", kName, epoch + 1,
                    options_.learning_rate);
    }

    const CsrMatrix& ratings_;
    const BiasedMfSolverOptions& options_;
    sgd::PositivePairs pairs_;
    Random random_;
    BiasedMfFactors factors_;
    std::vector<std::size_t> order_;
    double largest_ = 0;
};

Status check_ratings(const CsrMatrix& ratings) {
    if (ratings.num_nonzero() == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: the matrix of {} customers and {} products has no rating to learn from",
                    kName, ratings.num_rows, ratings.num_columns);
    }
    return check_pairs(ratings, kName);
}

}  // namespace

double BiasedMfFactors::predict(std::size_t customer, std::size_t product) const {
    return mean + static_cast<double>(customer_biases[customer]) +
           static_cast<double>(product_biases[product]) +
           dot(customers.row(customer).data(), products.row(product).data(),
               customers.num_factors());
}

Result<BiasedMfFactors> fit_biased_mf_factors(const CsrMatrix& ratings,
                                              const BiasedMfSolverOptions& options,
                                              Progress& progress) {
    ATTUNE_TRY(validate(options));
    ATTUNE_TRY(check_ratings(ratings));
    ATTUNE_TRY(check_rank(options.num_factors, ratings, kName));
    return RatingDescent(ratings, options).run(progress);
}

Status validate(const BiasedMfSolverOptions& options) {
    const auto check = [](std::string_view name, double value, double minimum,
                          double maximum) -> Status {
        if (value >= minimum && value <= maximum) return {};
        return fail(ErrorCode::kInvalidArgument, "{}: {} is {}; it may be {} to {}", kName, name,
                    value, minimum, maximum);
    };
    ATTUNE_TRY(check("num_factors", static_cast<double>(options.num_factors), 1, kMostFactors));
    ATTUNE_TRY(check("num_epochs", static_cast<double>(options.num_epochs), 1, 100'000));
    ATTUNE_TRY(check("learning_rate", options.learning_rate, 1e-6, 10));
    ATTUNE_TRY(check("regularization", options.regularization, 1e-6, 10));
    ATTUNE_TRY(check("initial_deviation", options.initial_deviation, 1e-6, 1e3));
    return check("num_negatives", static_cast<double>(options.num_negatives), 0, 1000);
}

namespace sgd {

float rating_step(const RatingRow& row, float rating, float mean, float rate,
                  float regularization) {
    const float error = rating - mean - *row.customer_bias - *row.product_bias -
                        static_cast<float>(dot(row.customer, row.product, row.size));
    *row.customer_bias += rate * (error - regularization * *row.customer_bias);
    *row.product_bias += rate * (error - regularization * *row.product_bias);
    for (std::size_t f = 0; f < row.size; ++f) {
        const float x = row.customer[f];
        const float y = row.product[f];
        row.customer[f] = x + rate * (error * y - regularization * x);
        row.product[f] = y + rate * (error * x - regularization * y);
    }
    return error;
}

}  // namespace sgd

}  // namespace attune
