#include "serving/serving_model.hpp"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "domain/json.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

/// The blend with other weights, brought to sum 1; null: none of its models is given any.
Result<std::shared_ptr<const Blend>> reweighted(const Blend& blend, const ModelWeights& weights) {
    std::vector<BlendComponent> components = blend.components();
    double sum = 0;
    for (BlendComponent& component : components) {
        const auto found = weights.find(component.model->name());
        component.weight = found == weights.end() ? 0 : found->second;
        sum += component.weight;
    }
    if (!(sum > 0)) return std::shared_ptr<const Blend>();
    for (BlendComponent& component : components) component.weight /= sum;
    ATTUNE_ASSIGN(std::unique_ptr<Blend> made, Blend::create(std::move(components)));
    return std::shared_ptr<const Blend>(std::move(made));
}

std::vector<Timestamp> availability_changes(const Catalogue& catalogue) {
    std::vector<Timestamp> changes;
    for (const Product& product : catalogue.products()) {
        if (product.available_from) changes.push_back(*product.available_from);
        if (product.available_until) changes.push_back(*product.available_until);
    }
    std::sort(changes.begin(), changes.end());
    changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
    return changes;
}

std::uint64_t hash_of(const Product& product) {
    return hash64(to_json(product).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// Of the settings that answers depend on.
std::string hash_of(const Config& config) {
    std::string text;
    for (const Setting& setting : config.schema()) {
        const std::string section = setting.key.substr(0, setting.key.find('.'));
        if (section != "ranking" && section != "eligibility" && section != "explain" &&
            section != "blend") {
            continue;
        }
        text += setting.key + '=';
        std::visit([&](const auto& value) { text += fmt::format("{}\n", value); },
                   config.value(setting.key));
    }
    return to_hex(hash64(text));
}

Result<RecommendOptions> recommend_options(const Config& config, const Catalogue& catalogue) {
    RecommendOptions options;
    options.rank = rank_options(config);
    ATTUNE_ASSIGN(options.rules, constraint_rules(config, catalogue));
    ATTUNE_ASSIGN(options.reasons, reason_options(config));
    options.max_scored_events =
        static_cast<std::size_t>(config.integer("ranking.max_scored_events"));
    return options;
}

}  // namespace

std::optional<Timestamp> ServingModel::availability_until(Timestamp now) const {
    const auto next =
        std::upper_bound(availability_changes.begin(), availability_changes.end(), now);
    if (next == availability_changes.end()) return std::nullopt;
    return *next;
}

Result<std::shared_ptr<const ModelSnapshot>> with_set_weights(
    std::shared_ptr<const ModelSnapshot> snapshot, const Config& config) {
    auto changed = std::make_shared<ModelSnapshot>(*snapshot);
    const std::string& weights_text = config.text("blend.weights");
    if (weights_text != "learned" && changed->blend) {
        ATTUNE_ASSIGN(const ModelWeights weights, parse_weights(weights_text, "blend.weights"));
        ATTUNE_ASSIGN(changed->blend, reweighted(*changed->blend, weights));
        if (!changed->blend) {
            return fail(ErrorCode::kInvalidArgument,
                        "blend.weights gives no weight to any recommender of model {}",
                        snapshot->version);
        }
    }
    ATTUNE_ASSIGN(const ModelWeights cold_weights,
                  parse_weights(config.text("blend.cold_weights"), "blend.cold_weights"));
    // Where it names none of the trained ones, training chose equal weights; they stay.
    ATTUNE_ASSIGN(std::shared_ptr<const Blend> cold,
                  reweighted(*changed->cold_blend, cold_weights));
    if (cold) changed->cold_blend = std::move(cold);
    return std::shared_ptr<const ModelSnapshot>(std::move(changed));
}

Status check_settings(const Config& config, const Catalogue& catalogue) {
    ATTUNE_TRY(recommend_options(config, catalogue));
    return {};
}

namespace {

/// Sets what depends on the settings and the products together; where they do not suit each other,
/// what was before holds.
Status set_options(ServingModel& model, const ServingParts& parts, const RecommendOptions* former) {
    auto options = recommend_options(parts.config, *model.trained->catalogue);
    if (options) {
        model.options = std::move(*options);
        model.settings_problem.clear();
        return {};
    }
    if (former == nullptr) return fail(options.error());
    model.options = *former;
    model.settings_problem = options.error().message;
    return {};
}

}  // namespace

Result<std::shared_ptr<ServingModel>> make_serving_model(
    std::shared_ptr<const ModelSnapshot> snapshot, const ServingParts& parts,
    const ServingModel* former) {
    auto model = std::make_shared<ServingModel>();
    model->trained = snapshot;
    ATTUNE_TRY(set_options(*model, parts, former == nullptr ? nullptr : &former->options));
    auto weighted = with_set_weights(snapshot, parts.config);
    if (!weighted) {
        model->settings_problem = weighted.error().message;
        weighted = std::move(snapshot);
    }
    ATTUNE_ASSIGN(model->service, RecommendService::create(*weighted, parts.templates));
    const Catalogue& catalogue = model->catalogue();
    model->indexes = parts.numbers.indexes_in(catalogue);
    model->availability_changes = availability_changes(catalogue);
    model->settings_hash = hash_of(parts.config);
    for (const Product& product : catalogue.products()) model->products_hash += hash_of(product);
    return model;
}

Result<std::shared_ptr<ServingModel>> with_settings(const ServingModel& model,
                                                    const ServingParts& parts) {
    auto changed = std::make_shared<ServingModel>(model);
    ATTUNE_ASSIGN(auto weighted, with_set_weights(model.trained, parts.config));
    ATTUNE_TRY(set_options(*changed, parts, nullptr));
    changed->service = model.service->with_snapshot(std::move(weighted));
    changed->settings_hash = hash_of(parts.config);
    return changed;
}

Result<std::shared_ptr<ServingModel>> with_products(const ServingModel& model,
                                                    std::span<const ProductChange> changes,
                                                    const ServingParts& parts) {
    auto changed = std::make_shared<ServingModel>(model);
    std::vector<Product> products = model.catalogue().products();
    for (const ProductChange& change : changes) {
        const auto index = model.catalogue().find(change.id);
        if (!index) continue;
        Product& product = products[index->at()];
        changed->products_hash -= hash_of(product);
        if (change.product) {
            product = *change.product;
        } else {
            product.available = false;
        }
        changed->products_hash += hash_of(product);
    }
    auto trained = std::make_shared<ModelSnapshot>(*model.trained);
    trained->catalogue = std::make_shared<const Catalogue>(std::move(products));
    auto weighted = std::make_shared<ModelSnapshot>(model.snapshot());
    weighted->catalogue = trained->catalogue;
    changed->trained = std::move(trained);
    ATTUNE_TRY(set_options(*changed, parts, &model.options));
    changed->service = model.service->with_snapshot(std::move(weighted));
    changed->indexes = parts.numbers.indexes_in(changed->catalogue());
    changed->availability_changes = availability_changes(changed->catalogue());
    return changed;
}

}  // namespace attune
