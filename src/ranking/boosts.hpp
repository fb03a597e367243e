#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/evidence.hpp"
#include "features/catalogue.hpp"

namespace attune {

/// What a request wants to see more of (a factor above 1) or less of (below 1).
struct Boost {
    std::string subject;  ///< a product's id or a category
    double factor = 1;    ///< above 0, at most kMostBoost

    friend bool operator==(const Boost&, const Boost&) = default;
};

inline constexpr double kMostBoost = 100;

/// Of one request. A subject stands for one factor, so that a product is raised by two at most,
/// its own and its category's, and no score grows beyond bounds.
inline constexpr std::size_t kMostBoosts = 100;

/// @errors kInvalidArgument: a factor out of range, a subject that is neither
Status validate(const Boost& boost, const Catalogue& catalogue);
/// Whether these may stand together in a request, whatever the catalogue has.
/// @errors kInvalidArgument: more than kMostBoosts, or a subject twice
Status validate(const std::vector<Boost>& boosts);

/// Applies the boosts of a request to scores: score + (factor - 1) |score| for each boost in turn,
/// so that a factor above 1 never lowers a score, also where it is negative. A score of 0, of which
/// no model knows anything, stays.
///
/// @lifetime borrows
class Booster {
 public:
    /// @pre validate of the boosts and of each
    Booster(const std::vector<Boost>& boosts, const Catalogue& catalogue);

    [[nodiscard]] bool empty() const { return parts_.empty(); }
    [[nodiscard]] double boosted(ProductIndex product, double score) const;
    /// Adds to the score what the boosts add, a kBaseline each, whose model is "request", subject
    /// the product or category and value the factor: they say nothing of the customer.
    void explain(ProductIndex product, Explanation& explanation) const;

 private:
    struct Part {
        const Boost* boost = nullptr;
        bool of_category = false;
        std::uint32_t index = 0;  ///< of the product or the category
    };
    [[nodiscard]] bool concerns(const Part& part, ProductIndex product) const;

    const Catalogue& catalogue_;
    std::vector<Part> parts_;
};

}  // namespace attune
