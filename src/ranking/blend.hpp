#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "models/recommender.hpp"

namespace attune {

/// The weights themselves, divided by their sum.
/// @errors kInvalidArgument: none, one that is negative or not finite, or a sum further from 1 than
///         1e-6
Result<std::vector<double>> normalised_weights(std::span<const double> weights);

struct BlendComponent {
    std::shared_ptr<const Recommender> model;
    double weight = 0;  ///< >= 0; all of them sum to 1
    double scale = 1;   ///< > 0; what the model's scores are divided by
};

/// A weighted ensemble: score = sum over models of weight * score / scale.
///
/// Scales are fixed once for each model and never depend on the customer: the blend stays a sum, so
/// its evidence is the models' evidence times a constant, and evidence that is taken away lowers
/// the blend as it lowers its model. Normalising per customer would break both.
class Blend final : public Recommender {
 public:
    /// @errors kInvalidArgument: a missing model, two of one name, weights that
    ///         `normalised_weights` refuses, a scale that is not positive and finite
    static Result<std::unique_ptr<Blend>> create(std::vector<BlendComponent> components);

    [[nodiscard]] std::string_view name() const override { return "blend"; }
    void score(const CustomerView& customer, std::span<double> scores) const override;
    /// The same, and says after each model that has a weight that it is done.
    void score(const CustomerView& customer, std::span<double> scores,
               const std::function<void(const BlendComponent&)>& after_model) const;

    /// All models' evidence, strongest first, each with its model's name. What several models say
    /// of one event, word or attribute is one entry with the sum and the names joined by "+":
    /// taking the event away takes away all of it, so only the sum says whether that lowers the
    /// score.
    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override;
    [[nodiscard]] std::vector<Explanation> explain_all(
        const CustomerView& customer, std::span<const ProductIndex> products) const override;

    /// Names, weights and scales; the models are saved by whoever owns them.
    void save(BinaryWriter& writer) const override;

    [[nodiscard]] const std::vector<BlendComponent>& components() const { return components_; }

 private:
    explicit Blend(std::vector<BlendComponent> components) : components_(std::move(components)) {}

    std::vector<BlendComponent> components_;
};

/// A component as Blend::save wrote it.
struct SavedComponent {
    std::string model;
    double weight = 0;
    double scale = 1;
};

/// Reads what Blend::save wrote without the models. @errors kCorrupt
Result<std::vector<SavedComponent>> read_saved_blend(BinaryReader& reader);

/// Reads what Blend::save wrote.
/// @param models  the same models in the same order, already loaded
/// @errors kCorrupt: damaged bytes, or other models than were saved
Result<std::unique_ptr<Blend>> load_blend(BinaryReader& reader,
                                          std::vector<std::shared_ptr<const Recommender>> models);

/// A scale for each model: the mean over the sample of the standard deviation of the model's scores
/// over the products. Customers whose scores are all equal (the model knows nothing of them) are
/// left out; a model that tells no two products apart for anybody gets 1.
///
/// @cost O(customers x one scoring of every model)
std::vector<double> learn_scales(std::span<const std::shared_ptr<const Recommender>> models,
                                 std::span<const CustomerView> sample, std::size_t num_products);

}  // namespace attune
