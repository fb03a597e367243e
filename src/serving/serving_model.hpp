#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "serving/product_numbers.hpp"
#include "serving/recommend_service.hpp"

namespace attune {

/// Everything but the customer that an answer depends on, fitted together and immutable: models,
/// products as they are now, rules and settings. A change of any of them makes another one.
struct ServingModel {
    std::uint64_t generation = 0;  ///< tells it from all others of this run; whoever keeps it says
    std::shared_ptr<const ModelSnapshot> trained;  ///< without the weights that are set
    std::shared_ptr<const RecommendService> service;
    RecommendOptions options;                     ///< as set; requests change what they ask for
    std::vector<std::uint32_t> indexes;           ///< ProductNumbers::indexes_in of the catalogue
    std::vector<Timestamp> availability_changes;  ///< ascending: when a product comes or goes
    std::string settings_hash;                    ///< of what the options were made of
    std::uint64_t products_hash = 0;  ///< sum over the products, so that one can be replaced
    /// Not empty: settings that the products or models do not bear, and why; what was before them
    /// holds.
    std::string settings_problem;

    [[nodiscard]] const ModelSnapshot& snapshot() const { return service->snapshot(); }
    [[nodiscard]] const Catalogue& catalogue() const { return *service->snapshot().catalogue; }
    /// Until when the availability of all products stays as it is at `now`.
    [[nodiscard]] std::optional<Timestamp> availability_until(Timestamp now) const;
};

/// What does not depend on the catalogue or the snapshot.
struct ServingParts {
    const Config& config;
    std::shared_ptr<const ReasonTemplates> templates;
    ProductNumbers& numbers;
};

/// The blends of the snapshot with the weights that `blend.weights` and `blend.cold_weights` set;
/// where they are as they were learnt, the snapshot itself.
/// @errors kInvalidArgument: weights that cannot be read or that leave no trained model
Result<std::shared_ptr<const ModelSnapshot>> with_set_weights(
    std::shared_ptr<const ModelSnapshot> snapshot, const Config& config);

/// Whether the settings suit the products, and each other.
/// @errors those of constraint_rules and reason_options
Status check_settings(const Config& config, const Catalogue& catalogue);

/// @param former  whose options hold where the settings do not suit the products (a category that
/// is
///                gone); null: that is an error
/// @errors those of constraint_rules, reason_options and RecommendService::create
Result<std::shared_ptr<ServingModel>> make_serving_model(
    std::shared_ptr<const ModelSnapshot> snapshot, const ServingParts& parts,
    const ServingModel* former);

/// The same with other settings. @cost no work on texts
Result<std::shared_ptr<ServingModel>> with_settings(const ServingModel& model,
                                                    const ServingParts& parts);

/// A product as it is now.
struct ProductChange {
    std::string id;
    /// Of the write that it comes from: ModelHolder::next_sequence within Database::write.
    std::uint64_t sequence = 0;
    std::optional<Product> product;  ///< none: it is gone
};

/// The same with other contents of some of its products: models keep what they learnt, and rules,
/// availability and texts go by what is new. A product that is gone stays as one that is switched
/// off; one that the model does not have is passed over.
/// @cost a copy of the catalogue
Result<std::shared_ptr<ServingModel>> with_products(const ServingModel& model,
                                                    std::span<const ProductChange> changes,
                                                    const ServingParts& parts);

}  // namespace attune
