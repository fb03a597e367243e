#include "models/linear/item_weights.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/event_evidence.hpp"
#include "models/matrix_io.hpp"
#include "models/model_io.hpp"
#include "models/placed_rows.hpp"
#include "models/scale_of_best.hpp"

namespace attune {
namespace {

constexpr std::uint32_t kVersion = 1;

class ItemWeightsRecommender final : public Recommender {
 public:
    ItemWeightsRecommender(std::string_view name, std::shared_ptr<const Catalogue> catalogue,
                           ItemWeights parameters)
        : name_(name), catalogue_(std::move(catalogue)), parameters_(std::move(parameters)) {}

    /// Before anyone else has it.
    void set_scale(double scale) { parameters_.scale = scale; }

    [[nodiscard]] std::string_view name() const override { return name_; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        std::fill(scores.begin(), scores.end(), 0.0);
        const CsrMatrix& weights = parameters_.weights;
        const BackOff& back_off = parameters_.back_off;
        double backed_off = 0;
        for (const ProductStrength& entry : strengths(customer)) {
            const double strength = parameters_.scale * entry.strength;
            const auto targets = weights.row_columns(entry.product.at());
            const auto values = weights.row_values(entry.product.at());
            for (std::size_t k = 0; k < targets.size(); ++k) {
                scores[targets[k]] += strength * values[k];
            }
            if (!back_off.sources.empty()) {
                backed_off += strength * back_off.sources[entry.product.at()];
            }
        }
        if (backed_off == 0) return;
        for (std::size_t j = 0; j < scores.size(); ++j) {
            scores[j] += backed_off * back_off.targets[j];
        }
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        Explanation explanation;
        std::vector<EventPart> parts;
        for (const ProductStrength& entry : strengths(customer)) {
            const double contribution =
                parameters_.scale * entry.strength * weight(entry.product, product);
            if (contribution == 0) continue;
            explanation.score += contribution;
            parts.push_back({entry.product, entry.latest, contribution});
        }
        leave_rounding_uncited(parts);
        explanation.evidence =
            event_evidence(std::move(parts), parameters_.max_evidence, *catalogue_, name_);
        return explanation;
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, name_, kVersion);
        write_products(writer, *catalogue_);
        write_strength_options(writer, parameters_.history);
        writer.number<std::uint64_t>(parameters_.max_evidence);
        writer.number(parameters_.scale);
        write_matrix(writer, parameters_.weights);
        writer.array(parameters_.back_off.sources);
        writer.array(parameters_.back_off.targets);
    }

 private:
    [[nodiscard]] std::vector<ProductStrength> strengths(const CustomerView& customer) const {
        return product_strengths(customer.history, customer.now, parameters_.history);
    }

    [[nodiscard]] double weight(ProductIndex source, ProductIndex target) const {
        const BackOff& back_off = parameters_.back_off;
        double weight = 0;
        if (!back_off.sources.empty()) {
            weight = static_cast<double>(back_off.sources[source.at()]) *
                     static_cast<double>(back_off.targets[target.at()]);
        }
        const auto targets = parameters_.weights.row_columns(source.at());
        const auto found = std::lower_bound(targets.begin(), targets.end(), target.value);
        if (found == targets.end() || *found != target.value) return weight;
        const auto k = static_cast<std::size_t>(found - targets.begin());
        return weight + parameters_.weights.row_values(source.at())[k];
    }

    std::string_view name_;
    std::shared_ptr<const Catalogue> catalogue_;
    ItemWeights parameters_;
};

bool is_valid(const BackOff& back_off, std::size_t num_products) {
    const auto holds = [&](const std::vector<float>& values) {
        return values.size() == num_products && all_finite(values) &&
               std::none_of(values.begin(), values.end(), [](float value) { return value < 0; });
    };
    if (back_off.sources.empty() && back_off.targets.empty()) return true;
    return holds(back_off.sources) && holds(back_off.targets);
}

}  // namespace

std::unique_ptr<Recommender> make_item_weights(std::string_view name, const TrainingData& data,
                                               ItemWeights parameters) {
    parameters.scale = 1;
    auto model =
        std::make_unique<ItemWeightsRecommender>(name, data.catalogue, std::move(parameters));
    model->set_scale(scale_of_best(data, *model));
    return model;
}

Result<std::unique_ptr<Recommender>> load_item_weights(std::string_view name, BinaryReader& reader,
                                                       std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, name, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, name, *catalogue));
    ItemWeights parameters;
    ATTUNE_ASSIGN(parameters.history, read_strength_options(reader, name));
    parameters.max_evidence = reader.number<std::uint64_t>();
    parameters.scale = reader.number<double>();
    ATTUNE_ASSIGN(const CsrMatrix weights, read_matrix(reader, name, mapping.size()));
    BackOff back_off{reader.array<float>(), reader.array<float>()};
    ATTUNE_TRY(reader.status());
    constexpr double kMaxScale = 1e30;
    if (!(parameters.scale > 0 && parameters.scale < kMaxScale) ||
        weights.num_rows != mapping.size() || !is_valid(back_off, mapping.size())) {
        return corrupt_model(name, "its weights are out of range");
    }
    const std::size_t num_products = catalogue->num_products();
    parameters.weights = moved(weights, mapping, num_products);
    if (!back_off.sources.empty()) {
        parameters.back_off = {placed_rows(back_off.sources, 1, mapping, num_products),
                               placed_rows(back_off.targets, 1, mapping, num_products)};
    }
    return std::make_unique<ItemWeightsRecommender>(name, std::move(catalogue),
                                                    std::move(parameters));
}

}  // namespace attune
