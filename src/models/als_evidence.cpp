#include "models/als_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "math/dense.hpp"
#include "models/event_evidence.hpp"

namespace attune {
namespace {

/// One product of the history while a score is taken apart.
struct Part {
    ProductStrength entry;
    double contribution = 0;
    bool citable = false;
};

/// Takes one score apart.
class Breakdown {
 public:
    Breakdown(const FoldInParameters& parameters, std::span<const ProductStrength> history,
              ProductIndex product, std::size_t max_evidence)
        : parameters_(parameters),
          product_(product),
          max_evidence_(max_evidence),
          whole_(parameters, history),
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

    [[nodiscard]] Explanation explanation(const Catalogue& catalogue,
                                          std::string_view model) const {
        std::vector<EventPart> events;
        for (const Part& part : parts_) {
            events.push_back(
                {part.entry.product, part.entry.latest, part.contribution, part.citable});
        }
        return {score_, event_evidence(std::move(events), max_evidence_, catalogue, model)};
    }

 private:
    [[nodiscard]] double along(const ProductStrength& entry, const Eigen::VectorXd& vector) const {
        return dot(parameters_.product(entry.product), vector.data(), parameters_.num_factors);
    }

    /// How much the score falls without one product.
    [[nodiscard]] double drop_without(const ProductStrength& entry) const {
        // The regularization falls too. Where that is more than a trifle, solve again.
        constexpr double kTrifle = 1e-3;
        const double now = parameters_.regularization(parts_.size());
        const double then = parameters_.regularization(parts_.size() - 1);
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
            if (num_citable == max_evidence_) break;
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
        return FoldIn(parameters_, others).score(product_);
    }

    const FoldInParameters& parameters_;
    ProductIndex product_;
    std::size_t max_evidence_;
    FoldIn whole_;
    Eigen::VectorXd direction_;  ///< A^-1 y of the product
    double score_;
    std::vector<Part> parts_;  ///< strongest first
};

}  // namespace

Explanation als_explanation(const FoldInParameters& parameters,
                            std::span<const ProductStrength> history, ProductIndex product,
                            std::size_t max_evidence, const Catalogue& catalogue,
                            std::string_view model) {
    return Breakdown(parameters, history, product, max_evidence).explanation(catalogue, model);
}

}  // namespace attune
