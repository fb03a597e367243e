#pragma once

#include <memory>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune {

/// The default counts the customers of each product. Strength::kSum with a half-life of a few days
/// follows fashion: on Online Retail 3 days are best, and twice as good as no decay.
struct PopularityOptions {
    StrengthOptions strength;
};

/// What all customers do: a product's score is the sum of its customers' strengths, divided by the
/// most popular product's. The same for every customer.
///
/// Without a single event, as in a bank that only knows its customers' holdings, the score is the
/// share of customers who hold the product's category, divided by the highest share; the evidence's
/// subject is then the category.
///
/// @errors kInvalidArgument: a half-life that is none
/// @cost   O(events log events of a customer)
Result<std::unique_ptr<Recommender>> fit_popularity(const TrainingData& data,
                                                    const PopularityOptions& options);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_popularity(BinaryReader& reader,
                                                     std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
