#include "ranking/blend.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace attune {
namespace {

constexpr double kWeightSumTolerance = 1e-6;

bool is_one_thing_of_the_customer(EvidenceKind kind) {
    return kind == EvidenceKind::kEvent || kind == EvidenceKind::kTerm ||
           kind == EvidenceKind::kAttribute;
}

/// Adds `part` to the entry about the same event, word or attribute.
void merge(Evidence& entry, double& strongest, Evidence&& part) {
    if (std::abs(part.contribution) > strongest) {
        strongest = std::abs(part.contribution);
        entry.value = std::move(part.value);
    }
    if (part.time && (!entry.time || *part.time > *entry.time)) entry.time = part.time;
    entry.contribution += part.contribution;
    // Models come one after the other, so only the last name can be the part's own.
    if (entry.model != part.model && !entry.model.ends_with("+" + part.model)) {
        entry.model += "+" + part.model;
    }
}

/// Collects evidence, one entry for each thing of the customer.
class EvidenceMerger {
 public:
    void add(Evidence part) {
        if (!is_one_thing_of_the_customer(part.kind)) {
            strongest_.push_back(0);
            evidence_.push_back(std::move(part));
            return;
        }
        const auto [found, inserted] =
            position_.try_emplace({part.kind, part.subject}, evidence_.size());
        if (inserted) {
            strongest_.push_back(std::abs(part.contribution));
            evidence_.push_back(std::move(part));
        } else {
            merge(evidence_[found->second], strongest_[found->second], std::move(part));
        }
    }

    std::vector<Evidence> take() {
        std::stable_sort(evidence_.begin(), evidence_.end(),
                         [](const Evidence& a, const Evidence& b) {
                             return std::abs(a.contribution) > std::abs(b.contribution);
                         });
        return std::move(evidence_);
    }

 private:
    std::map<std::pair<EvidenceKind, std::string>, std::size_t> position_;
    std::vector<Evidence> evidence_;
    std::vector<double> strongest_;
};

/// 0 when all are equal.
double standard_deviation(std::span<const double> values) {
    double mean = 0;
    double squares = 0;
    std::size_t count = 0;
    for (const double value : values) {
        ++count;
        const double step = value - mean;
        mean += step / static_cast<double>(count);
        squares += step * (value - mean);
    }
    return count == 0 ? 0 : std::sqrt(std::max(squares, 0.0) / static_cast<double>(count));
}

}  // namespace

Result<std::vector<double>> normalised_weights(std::span<const double> weights) {
    if (weights.empty()) {
        return fail(ErrorCode::kInvalidArgument, "a blend needs the weight of at least one model");
    }
    double sum = 0;
    for (std::size_t m = 0; m < weights.size(); ++m) {
        if (!std::isfinite(weights[m]) || weights[m] < 0) {
            return fail(ErrorCode::kInvalidArgument,
                        "weight {} of the blend is {}; it takes a number from 0 to 1", m + 1,
                        weights[m]);
        }
        sum += weights[m];
    }
    if (std::abs(sum - 1) > kWeightSumTolerance) {
        return fail(ErrorCode::kInvalidArgument, "the weights of the blend sum to {}, not to 1",
                    sum);
    }
    std::vector<double> normalised(weights.begin(), weights.end());
    for (double& weight : normalised) weight /= sum;
    return normalised;
}

Result<std::unique_ptr<Blend>> Blend::create(std::vector<BlendComponent> components) {
    std::vector<double> weights;
    std::set<std::string_view> names;
    for (const BlendComponent& component : components) {
        if (component.model == nullptr) {
            return fail(ErrorCode::kInvalidArgument, "model {} of the blend is missing",
                        weights.size() + 1);
        }
        if (!names.insert(component.model->name()).second) {
            return fail(ErrorCode::kInvalidArgument, "the blend has two models named '{}'",
                        component.model->name());
        }
        if (!std::isfinite(component.scale) || component.scale <= 0) {
            return fail(ErrorCode::kInvalidArgument,
                        "the scale of model '{}' is {}; it takes a positive number",
                        component.model->name(), component.scale);
        }
        weights.push_back(component.weight);
    }
    ATTUNE_ASSIGN(const std::vector<double> normalised, normalised_weights(weights));
    for (std::size_t m = 0; m < components.size(); ++m) components[m].weight = normalised[m];
    return std::unique_ptr<Blend>(new Blend(std::move(components)));
}

void Blend::score(const CustomerView& customer, std::span<double> scores) const {
    score(customer, scores, [](const BlendComponent&) {});
}

void Blend::score(const CustomerView& customer, std::span<double> scores,
                  const std::function<void(const BlendComponent&)>& after_model) const {
    std::fill(scores.begin(), scores.end(), 0.0);
    std::vector<double> model_scores(scores.size());
    for (const BlendComponent& component : components_) {
        if (component.weight == 0) continue;
        component.model->score(customer, model_scores);
        const double factor = component.weight / component.scale;
        for (std::size_t p = 0; p < scores.size(); ++p) scores[p] += factor * model_scores[p];
        after_model(component);
    }
}

Explanation Blend::explain(const CustomerView& customer, ProductIndex product) const {
    return std::move(explain_all(customer, {&product, 1}).front());
}

std::vector<Explanation> Blend::explain_all(const CustomerView& customer,
                                            std::span<const ProductIndex> products) const {
    std::vector<Explanation> blended(products.size());
    std::vector<EvidenceMerger> mergers(products.size());
    for (const BlendComponent& component : components_) {
        if (component.weight == 0) continue;
        const double factor = component.weight / component.scale;
        std::vector<Explanation> explanations = component.model->explain_all(customer, products);
        for (std::size_t i = 0; i < products.size(); ++i) {
            blended[i].score += factor * explanations[i].score;
            for (Evidence& part : explanations[i].evidence) {
                if (part.contribution == 0) continue;
                part.contribution *= factor;
                part.model = component.model->name();
                mergers[i].add(std::move(part));
            }
        }
    }
    for (std::size_t i = 0; i < products.size(); ++i) blended[i].evidence = mergers[i].take();
    return blended;
}

void Blend::save(BinaryWriter& writer) const {
    writer.number<std::uint64_t>(components_.size());
    for (const BlendComponent& component : components_) {
        writer.text(component.model->name());
        writer.number(component.weight);
        writer.number(component.scale);
    }
}

Result<std::vector<SavedComponent>> read_saved_blend(BinaryReader& reader) {
    const auto count = reader.number<std::uint64_t>();
    ATTUNE_TRY(reader.status());
    std::vector<SavedComponent> components;
    for (std::uint64_t m = 0; m < count; ++m) {
        SavedComponent component;
        component.model = reader.text();
        component.weight = reader.number<double>();
        component.scale = reader.number<double>();
        ATTUNE_TRY(reader.status());
        components.push_back(std::move(component));
    }
    return components;
}

Result<std::unique_ptr<Blend>> load_blend(BinaryReader& reader,
                                          std::vector<std::shared_ptr<const Recommender>> models) {
    ATTUNE_ASSIGN(const std::vector<SavedComponent> saved, read_saved_blend(reader));
    if (saved.size() != models.size()) {
        return fail(ErrorCode::kCorrupt, "the blend was saved with {} models, there are {}",
                    saved.size(), models.size());
    }
    std::vector<BlendComponent> components;
    for (std::size_t m = 0; m < models.size(); ++m) {
        BlendComponent component{std::move(models[m]), saved[m].weight, saved[m].scale};
        if (component.model == nullptr || component.model->name() != saved[m].model) {
            return fail(ErrorCode::kCorrupt,
                        "the blend was saved with the model '{}' where '{}' stands now",
                        saved[m].model,
                        component.model == nullptr ? "nothing" : component.model->name());
        }
        components.push_back(std::move(component));
    }
    auto blend = Blend::create(std::move(components));
    if (!blend) return fail(ErrorCode::kCorrupt, "saved blend: {}", blend.error().message);
    return blend;
}

std::vector<double> learn_scales(std::span<const std::shared_ptr<const Recommender>> models,
                                 std::span<const CustomerView> sample, std::size_t num_products) {
    std::vector<double> scales;
    std::vector<double> scores(num_products);
    for (const auto& model : models) {
        double sum = 0;
        std::size_t num_known = 0;
        for (const CustomerView& customer : sample) {
            model->score(customer, scores);
            const double deviation = standard_deviation(scores);
            if (!std::isfinite(deviation) || deviation <= 0) continue;
            sum += deviation;
            ++num_known;
        }
        const double scale = num_known == 0 ? 1 : sum / static_cast<double>(num_known);
        // A scale so small that dividing by it overflows would be noise, not a scale.
        scales.push_back(std::isfinite(scale) && scale > 1e-12 ? scale : 1);
    }
    return scales;
}

}  // namespace attune
