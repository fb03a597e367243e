#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/profile_encoder.hpp"
#include "features/training_data.hpp"
#include "models/boosted_trees.hpp"
#include "models/recommender.hpp"

namespace attune {

struct PropensityOptions {
    /// The seed within is set from `seed` and the category.
    BoostedTreesOptions trees;
    std::uint64_t seed = 1;
    /// A category gets a model when so many customers have it, and so many lack it. >= 1
    std::size_t min_positives = 50;
    std::size_t min_negatives = 50;
    /// Share of the customers that are learned from a second time with fields hidden, so that the
    /// model has seen what a profile looks like without them. 0 to 1
    double masked_share = 0.25;
    std::vector<std::string> excluded_fields;  ///< as in ProfileEncoderOptions
    std::size_t max_evidence = 5;              ///< fields cited for one product
    /// A field is cited when leaving it out lowers the score by this share of it. 0 to 1
    double min_fall_share = 0.01;
};

/// Recommends the categories that customers with such a profile have: per category the probability
/// of having it, by boosted trees on the profile. All products of a category score alike.
///
/// To have a category is to hold it by the profile or to have bought one of its products. The model
/// of a category does not see who holds it, but sees what else is held. Customers of whom no
/// encoded field is known score 0 everywhere, and so do categories without a model.
///
/// Reasons are found by leaving fields out, not by taking the trees apart: fields are hidden in
/// the order of their Shapley values, a field is cited when hiding it alone and hiding it on top
/// of those cited before both lower the probability, and the latter fall is its contribution. What
/// is left is the baseline. So the parts add up exactly, and a profile without the cited fields
/// scores exactly the baseline (0 when nothing else is known of the customer).
class Propensity final : public Recommender {
 public:
    struct CategoryModel {
        std::string category;
        TreeEnsemble trees;  ///< on the encoder's columns
    };

    /// @errors  kInvalidArgument: an option out of its range; kCancelled; kInternal: XGBoost failed
    /// @threads one fit at a time on a pool; its number of threads does not change the result
    /// @cost    O(categories x rounds x customers x columns), categories in parallel
    /// @source  Chen, Guestrin, KDD 2016; departures: hidden fields, see PropensityOptions
    static Result<std::unique_ptr<Propensity>> fit(const TrainingData& data,
                                                   const PropensityOptions& options,
                                                   ThreadPool& pool, Progress& progress);

    /// @errors kCorrupt, kNewerFormat
    static Result<std::unique_ptr<Propensity>> load(BinaryReader& reader,
                                                    std::shared_ptr<const Catalogue> catalogue);

    /// @pre the models' categories ascend and their trees fit the encoder's columns
    Propensity(const std::shared_ptr<const Catalogue>& catalogue, ProfileEncoder encoder,
               std::vector<CategoryModel> models, std::size_t max_evidence, double min_fall_share);

    [[nodiscard]] std::string_view name() const override;
    void score(const CustomerView& customer, std::span<double> scores) const override;
    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override;
    [[nodiscard]] std::vector<Explanation> explain_all(
        const CustomerView& customer, std::span<const ProductIndex> products) const override;
    void save(BinaryWriter& writer) const override;

    /// The categories that have a model, ascending.
    [[nodiscard]] std::vector<std::string_view> categories() const;
    /// Probability of having the category, one per customer; also for those of whom nothing is
    /// known.
    /// @errors kNotFound: the category has no model
    [[nodiscard]] Result<std::vector<double>> predict(std::string_view category,
                                                      std::span<const Customer> customers) const;

 private:
    [[nodiscard]] Explanation explain(const Customer& profile, const std::vector<float>& row,
                                      std::size_t model) const;
    [[nodiscard]] const CategoryModel* find(std::string_view category) const;
    /// The encoded profile; none when nothing is known of the customer.
    [[nodiscard]] std::optional<std::vector<float>> row_of(const CustomerView& customer) const;
    [[nodiscard]] std::vector<std::uint32_t> fields_by_weight(const TreeEnsemble& trees,
                                                              std::span<const float> row) const;
    void hide(std::uint32_t field, std::span<float> row) const;

    ProfileEncoder encoder_;
    std::vector<CategoryModel> models_;
    std::size_t max_evidence_;
    double min_fall_share_;
    std::vector<std::size_t> model_of_product_;  ///< kNoModel: none
    std::vector<std::string> fields_;            ///< that the columns come from
    std::vector<std::uint32_t> field_of_column_;
    std::vector<std::vector<std::vector<std::uint32_t>>> trees_of_field_;  ///< by model
    std::vector<float> unknown_row_;  ///< of a customer of whom nothing is known
};

/// Propensity::fit and Propensity::load behind the interface.
Result<std::unique_ptr<Recommender>> fit_propensity(const TrainingData& data,
                                                    const PropensityOptions& options,
                                                    ThreadPool& pool, Progress& progress);
Result<std::unique_ptr<Recommender>> load_propensity(BinaryReader& reader,
                                                     std::shared_ptr<const Catalogue> catalogue);

/// 1 for customers who hold the category or bought one of its products, else 0.
std::vector<float> category_labels(const TrainingData& data, std::string_view category);

/// Probability of having the category for every customer, each by a model that was fitted to the
/// customers of the other folds. `min_positives` and `min_negatives` are not looked at.
///
/// @param folds  fold of each customer, 0 and up
/// @errors kNotFound: nobody has the category; kInvalidArgument: not one fold per customer, a fold
///         below 0, a fold whose complement has only customers with or without the category, or an
///         option out of its range; kCancelled; kInternal: XGBoost failed
/// @threads one at a time on a pool; folds run in parallel
Result<std::vector<double>> cross_validated_propensity(const TrainingData& data,
                                                       std::string_view category,
                                                       std::span<const int> folds,
                                                       const PropensityOptions& options,
                                                       ThreadPool& pool, Progress& progress);

}  // namespace attune
