#include "models/sgd/factor_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/event_evidence.hpp"
#include "models/model_io.hpp"
#include "models/placed_rows.hpp"

namespace attune::sgd {
namespace {

constexpr std::uint32_t kVersion = 1;

class FactorModel final : public Recommender {
 public:
    FactorModel(std::shared_ptr<const Catalogue> catalogue, FactorModelParts parts)
        : catalogue_(std::move(catalogue)), parts_(std::move(parts)) {}

    [[nodiscard]] std::string_view name() const override { return parts_.name; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        const auto history = strengths(customer);
        if (history.empty()) {
            std::fill(scores.begin(), scores.end(), 0.0);
            return;
        }
        const std::size_t rank = parts_.num_factors;
        std::vector<double> factors(rank);
        for (const ProductStrength& entry : history) {
            const float* row = parts_.histories.data() + entry.product.at() * rank;
            for (std::size_t f = 0; f < rank; ++f) {
                factors[f] += entry.strength * static_cast<double>(row[f]);
            }
        }
        for (std::size_t j = 0; j < scores.size(); ++j) {
            scores[j] = static_cast<double>(parts_.biases[j]) +
                        dot(parts_.products.data() + j * rank, factors.data(), rank);
        }
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        const auto history = strengths(customer);
        if (history.empty()) return {};
        const std::size_t rank = parts_.num_factors;
        const double bias = parts_.biases[product.at()];
        Explanation explanation{bias, {}};
        std::vector<EventPart> events;
        for (const ProductStrength& entry : history) {
            const double contribution =
                entry.strength * dot(parts_.histories.data() + entry.product.at() * rank,
                                     parts_.products.data() + product.at() * rank, rank);
            explanation.score += contribution;
            events.push_back({entry.product, entry.latest, contribution});
        }
        leave_rounding_uncited(events, bias);
        explanation.evidence =
            event_evidence(std::move(events), parts_.max_evidence, *catalogue_, parts_.name);
        if (bias != 0) add_baseline(bias, parts_.name, explanation.evidence);
        return explanation;
    }

    [[nodiscard]] std::vector<ModelFact> facts() const override {
        return {{"factors", static_cast<double>(parts_.num_factors)}};
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, parts_.name, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parts_.strength);
        writer.number<std::uint64_t>(parts_.max_evidence);
        writer.number<std::uint64_t>(parts_.num_factors);
        writer.array(parts_.products);
        writer.array(parts_.histories);
        writer.array(parts_.biases);
    }

 private:
    [[nodiscard]] std::vector<ProductStrength> strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parts_.strength);
    }

    std::shared_ptr<const Catalogue> catalogue_;
    FactorModelParts parts_;
};

}  // namespace

std::unique_ptr<Recommender> make_factor_model(std::shared_ptr<const Catalogue> catalogue,
                                               FactorModelParts parts) {
    ATTUNE_ASSERT(parts.products.size() == catalogue->num_products() * parts.num_factors);
    ATTUNE_ASSERT(parts.histories.size() == parts.products.size());
    ATTUNE_ASSERT(parts.biases.size() == catalogue->num_products());
    return std::make_unique<FactorModel>(std::move(catalogue), std::move(parts));
}

Result<std::unique_ptr<Recommender>> load_factor_model(std::string_view name, BinaryReader& reader,
                                                       std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, name, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, name, *catalogue));
    FactorModelParts parts;
    parts.name = name;
    ATTUNE_ASSIGN(parts.strength, read_strength_options(reader, name));
    parts.max_evidence = reader.number<std::uint64_t>();
    parts.num_factors = reader.number<std::uint64_t>();
    parts.products = reader.array<float>();
    parts.histories = reader.array<float>();
    parts.biases = reader.array<float>();
    ATTUNE_TRY(reader.status());
    const std::size_t rank = parts.num_factors;
    ATTUNE_TRY(check_saved_rank(rank, mapping, name));
    if (rank == 0 || parts.products.size() != mapping.size() * rank ||
        parts.histories.size() != parts.products.size() || parts.biases.size() != mapping.size()) {
        return corrupt_model(name, "its factors are not those of its products");
    }
    const bool biases_hold =
        std::none_of(parts.biases.begin(), parts.biases.end(), [](float bias) { return bias < 0; });
    if (!all_finite(parts.products) || !all_finite(parts.histories) || !all_finite(parts.biases) ||
        !biases_hold) {
        return corrupt_model(name, "its factors are out of range");
    }
    const std::size_t num_products = catalogue->num_products();
    parts.products = placed_rows(parts.products, rank, mapping, num_products);
    parts.histories = placed_rows(parts.histories, rank, mapping, num_products);
    parts.biases = placed_rows(parts.biases, 1, mapping, num_products);
    return make_factor_model(std::move(catalogue), std::move(parts));
}

}  // namespace attune::sgd
