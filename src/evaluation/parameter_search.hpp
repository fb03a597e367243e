#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"

namespace attune {

/// The values that one parameter may take in a search.
struct SearchDimension {
    enum class Kind : std::uint8_t { kReal, kWhole, kChoice };

    std::string name;
    Kind kind = Kind::kReal;
    double minimum = 0;  ///< inclusive, as is `maximum`; not for kChoice
    double maximum = 0;
    bool logarithmic = false;     ///< whether each factor of ten is drawn alike; minimum > 0
    std::vector<double> choices;  ///< kChoice: drawn alike
};

/// One value per dimension, in their order.
using ParameterValues = std::vector<double>;

/// Up to `count` different places of the space, drawn independently; fewer when it has no more.
/// @errors kInvalidArgument: no dimension, a dimension without values; the message names it
/// @source Bergstra, Bengio, JMLR 13, 2012
Result<std::vector<ParameterValues>> draw_parameters(const std::vector<SearchDimension>& space,
                                                     std::size_t count, std::uint64_t seed);

/// How a search hands out its budget.
enum class SearchBudget : std::uint8_t {
    kFull,     ///< every candidate is tried in full
    kHalving,  ///< all are tried a little, the best of them more, the best of those in full
};

struct CandidateSearchOptions {
    SearchBudget budget = SearchBudget::kFull;
    double reduction = 3;            ///< kHalving: one in so many goes on, with so much more
    double smallest_budget = 0.111;  ///< kHalving: no less than this share is tried
    std::string stage = "search";    ///< what `progress` is told
};

/// How good a candidate is when only the share `budget` in (0, 1] is spent on it, higher is better.
using CandidateObjective = std::function<Result<double>(std::size_t candidate, double budget)>;

/// One call of the objective.
struct CandidateTrial {
    std::size_t candidate = 0;
    double budget = 1;
    std::optional<double> value;  ///< none: it failed
    std::string error;            ///< why
};

struct CandidateSearchResult {
    std::size_t best = 0;  ///< of those tried in full, the first of equals
    double value = 0;
    double spent = 0;  ///< the sum of budgets
    std::vector<CandidateTrial> trials;
};

/// The best of `num_candidates` candidates.
///
/// A candidate for which the objective returns kInvalidArgument or gives no finite number, such as
/// a learning rate with which a model diverges, has failed and is passed over; other errors end the
/// search. With kHalving, n candidates start with the budget reduction^-s, s being the most for
/// which reduction^s <= n and the budget is no less than smallest_budget; after each round the best
/// 1 in `reduction` (rounded up, one at least) go on with `reduction` times the budget. Where all
/// of a round fail, the next best of the rounds before are tried in their place, one by one, until
/// one does not.
///
/// @errors kInvalidArgument: no candidates, bad options, every candidate failed (the first one's
///         message); kCancelled; those of the objective
/// @cost   kFull: n; kHalving: at most (s + 1) (n + reduction^(s + 1)) reduction^-s, and as much
///         more as failures take: n - 1 at the worst
/// @source Jamieson, Talwalkar, AISTATS 2016
Result<CandidateSearchResult> search_candidates(std::size_t num_candidates,
                                                const CandidateObjective& objective,
                                                const CandidateSearchOptions& options,
                                                Progress& progress);

}  // namespace attune
