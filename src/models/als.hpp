#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/als_solver.hpp"
#include "models/item_search.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune {

/// Defaults chosen on Online Retail, on the 30 days before the test period.
struct AlsOptions {
    AlsSolverOptions solver;  ///< takes no more factors than there are customers or products
    StrengthOptions strength{Strength::kStrongest, 30};
    double observed_weight = 1;  ///< alpha: a pair of strength r has the weight alpha r
    std::size_t max_evidence = 10;
    ItemSearchOptions search;
    /// Tells the objective after each sweep and the recall of the search; trials of parameters need
    /// neither.
    bool measured = true;
};

/// Implicit-feedback matrix factorization. Only the products' factors are kept: a customer's are
/// solved from the history when scoring, so that an event counts at once and customers who came
/// after the training are scored as well as others.
///
/// The score x.y_j is taken apart exactly: see als_explanation.
///
/// `top_products` looks at all products where that reads no more than `search.exact_up_to` of them
/// on average; in larger catalogues whose factors are all of about one length it searches a graph,
/// whose recall of the 20 best is measured on a sample of the customers and kept with the model.
/// What it searches is built when it is first needed: to measure, or by the first call. Should
/// there be too little memory for that, it scores all products.
///
/// `facts`: "factors", how many there are; if `measured`, "objective", one a sweep, and of a
/// graph "search_recall_at_20".
///
/// @errors kInvalidArgument: options out of range; kCancelled; kUnavailable: too little memory for
///         the graph, where it is measured
/// @cost   solve_als, with als_objective after each sweep if `measured`; scoring O(n^2 rank) for n
/// < rank products of the history, and
///         O(products x rank)
/// @source Hu, Koren, Volinsky, ICDM 2008; Rendle, Krichene, Zhang, Koren, RecSys 2022
Result<std::unique_ptr<Recommender>> fit_als(const TrainingData& data, const AlsOptions& options,
                                             ThreadPool& pool, Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0. Models of
/// older formats are read too; what they lack of the search is as AlsOptions has it.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_als(BinaryReader& reader,
                                              std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
