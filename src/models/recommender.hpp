#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/binary_io.hpp"
#include "core/index.hpp"
#include "domain/evidence.hpp"
#include "features/customer_view.hpp"
#include "math/packed_items.hpp"

namespace attune {

/// What tells how a model was fitted: a number, such as the recall of its search, or one a round,
/// such as the objective.
struct ModelFact {
    std::string_view name;  ///< a literal
    std::variant<double, std::vector<double>> value;
};

/// A fitted model that scores the whole catalogue for one customer. Immutable.
///
/// Each model has a free function `fit_<name>(const TrainingData&, const <Name>Options&, ...)`
/// returning `Result<std::unique_ptr<Recommender>>` and a `load_<name>(BinaryReader&, catalogue)`.
///
/// @threads  every member may be called from many threads at once
class Recommender {
 public:
    virtual ~Recommender() = default;

    /// Stable, lower_snake_case: "item_knn".
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// Writes a finite score for every product, higher is better. 0 means that the model knows
    /// nothing for this customer and product; a model that knows nothing of the customer writes
    /// zeros everywhere. Held and dismissed products are scored like others: leaving them out is
    /// the constraint stage's work.
    /// @param scores  one per product of the catalogue
    virtual void score(const CustomerView& customer, std::span<double> scores) const = 0;

    /// The score of one product taken apart: the same as `score` gives (within 1e-9), and the
    /// evidence adds up to it. Positive evidence is real: without it (`without_evidence`) the score
    /// is lower. Parts beyond the strongest few may be lumped into one kBaseline entry.
    [[nodiscard]] virtual Explanation explain(const CustomerView& customer,
                                              ProductIndex product) const = 0;

    /// `explain` of each of several products, in their order. Models that find out something about
    /// the customer once for all of them override it.
    [[nodiscard]] virtual std::vector<Explanation> explain_all(
        const CustomerView& customer, std::span<const ProductIndex> products) const;

    /// The best `k` products that the mask leaves, best first, equal scores by the lower index: the
    /// order of `score`, unless the model says that it searches approximately.
    /// @param num_products  of the catalogue
    [[nodiscard]] virtual std::vector<Scored<double>> top_products(const CustomerView& customer,
                                                                   std::size_t num_products,
                                                                   std::size_t k,
                                                                   const ItemMask& mask) const;

    /// What the model says of itself for the report of its training; empty for most.
    [[nodiscard]] virtual std::vector<ModelFact> facts() const { return {}; }

    virtual void save(BinaryWriter& writer) const = 0;
};

}  // namespace attune
