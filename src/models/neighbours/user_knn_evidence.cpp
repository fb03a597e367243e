#include "models/neighbours/user_knn_evidence.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/event_evidence.hpp"

namespace attune {
namespace {

// Well above what rounding can do.
constexpr double kLeastShare = 1e-6;

/// Takes the score of one product apart.
class Breakdown {
 public:
    Breakdown(const UserKnnParameters& parameters, const ProductOwners& owners,
              std::span<const ProductStrength> history, std::uint32_t own, ProductIndex product)
        : parameters_(parameters),
          owners_(owners),
          history_(history),
          own_(own),
          product_(product) {
        const UserSimilarities similarities(parameters, owners, history);
        const std::vector<Scored<double>> neighbours = similarities.best(own);
        score_ = score_of(neighbours);
        for (const ProductStrength& entry : history) {
            double sum = 0;
            for (const auto& [customer, similarity] : neighbours) {
                const double advice = advice_of(customer);
                if (advice != 0) sum += similarities.share(customer, entry) * advice;
            }
            parts_.push_back({entry.product, entry.latest, sum, false});
        }
        choose_citable();
    }

    [[nodiscard]] Explanation explanation(const Catalogue& catalogue,
                                          std::string_view model) const {
        return {score_, event_evidence(parts_, parameters_.max_evidence, catalogue, model)};
    }

 private:
    [[nodiscard]] double advice_of(std::uint32_t customer) const {
        const auto products = parameters_.weights.row_columns(customer);
        const auto found = std::lower_bound(products.begin(), products.end(), product_.value);
        if (found == products.end() || *found != product_.value) return 0;
        const std::size_t at = parameters_.weights.offsets[customer] +
                               static_cast<std::size_t>(found - products.begin());
        return parameters_.scale * parameters_.advice[at];
    }

    [[nodiscard]] double score_of(const std::vector<Scored<double>>& neighbours) const {
        double score = 0;
        for (const auto& [customer, similarity] : neighbours) {
            score += similarity * advice_of(customer);
        }
        return score;
    }

    /// Other customers may become neighbours when a product is gone, and like `product_` better.
    void choose_citable() {
        std::vector<std::size_t> strongest(parts_.size());
        for (std::size_t i = 0; i < parts_.size(); ++i) strongest[i] = i;
        std::sort(strongest.begin(), strongest.end(), [&](std::size_t a, std::size_t b) {
            return parts_[a].contribution > parts_[b].contribution ||
                   (parts_[a].contribution == parts_[b].contribution && a < b);
        });
        std::vector<std::size_t> cited;
        for (const std::size_t i : strongest) {
            if (cited.size() == parameters_.max_evidence || parts_[i].contribution <= 0) break;
            if (score_ - score_without({i}) > kLeastShare * parts_[i].contribution) {
                cited.push_back(i);
            }
        }
        // Each lowers the score; so must all together.
        while (!cited.empty() && !(score_without(cited) < score_ * (1 - kLeastShare))) {
            cited.pop_back();
        }
        for (const std::size_t i : cited) parts_[i].citable = true;
    }

    [[nodiscard]] double score_without(const std::vector<std::size_t>& left_out) const {
        std::vector<ProductStrength> others;
        for (std::size_t i = 0; i < history_.size(); ++i) {
            if (std::find(left_out.begin(), left_out.end(), i) == left_out.end()) {
                others.push_back(history_[i]);
            }
        }
        return score_of(UserSimilarities(parameters_, owners_, others).best(own_));
    }

    const UserKnnParameters& parameters_;
    const ProductOwners& owners_;
    std::span<const ProductStrength> history_;
    std::uint32_t own_;
    ProductIndex product_;
    double score_ = 0;
    std::vector<EventPart> parts_;  ///< in the order of the history
};

}  // namespace

Explanation user_knn_explanation(const UserKnnParameters& parameters, const ProductOwners& owners,
                                 std::span<const ProductStrength> history, std::uint32_t own,
                                 ProductIndex product, const Catalogue& catalogue,
                                 std::string_view model) {
    return Breakdown(parameters, owners, history, own, product).explanation(catalogue, model);
}

}  // namespace attune
