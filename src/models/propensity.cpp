#include "models/propensity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/assert.hpp"
#include "core/hash.hpp"
#include "features/profile_fields.hpp"
#include "models/model_io.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "propensity";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kNoModel = SIZE_MAX;
// What a customer is cannot be left out of a profile.
constexpr std::string_view kKind = "kind";

Evidence baseline(double contribution) {
    Evidence evidence;
    evidence.kind = EvidenceKind::kBaseline;
    evidence.contribution = contribution;
    evidence.model = kName;
    return evidence;
}

Evidence cite(const Customer& profile, const std::string& field, double contribution) {
    Evidence evidence;
    evidence.kind = EvidenceKind::kAttribute;
    evidence.subject = field;
    evidence.value = describe_profile_field(profile, field);
    evidence.contribution = contribution;
    evidence.model = kName;
    return evidence;
}

}  // namespace

Propensity::Propensity(const std::shared_ptr<const Catalogue>& catalogue, ProfileEncoder encoder,
                       std::vector<CategoryModel> models, std::size_t max_evidence,
                       double min_fall_share)
    : encoder_(std::move(encoder)),
      models_(std::move(models)),
      max_evidence_(max_evidence),
      min_fall_share_(min_fall_share),
      unknown_row_(encoder_.num_columns()) {
    for (const CategoryModel& model : models_) {
        ATTUNE_ASSERT(model.trees.num_features() == encoder_.num_columns());
    }
    for (const Product& product : catalogue->products()) {
        const CategoryModel* const model = find(product.category);
        model_of_product_.push_back(
            model == nullptr ? kNoModel : static_cast<std::size_t>(model - models_.data()));
    }
    for (const ProfileColumn& column : encoder_.columns()) {
        const auto found = std::find(fields_.begin(), fields_.end(), column.field);
        field_of_column_.push_back(static_cast<std::uint32_t>(found - fields_.begin()));
        if (found == fields_.end()) fields_.push_back(column.field);
    }
    for (const CategoryModel& model : models_) {
        trees_of_field_.push_back(model.trees.trees_by_group(field_of_column_, fields_.size()));
    }
    encoder_.encode(Customer{}, unknown_row_);
}

std::string_view Propensity::name() const {
    return kName;
}

const Propensity::CategoryModel* Propensity::find(std::string_view category) const {
    const auto found = std::lower_bound(models_.begin(), models_.end(), category,
                                        [](const CategoryModel& model, std::string_view wanted) {
                                            return model.category < wanted;
                                        });
    return found != models_.end() && found->category == category ? &*found : nullptr;
}

std::optional<std::vector<float>> Propensity::row_of(const CustomerView& customer) const {
    if (customer.profile == nullptr || !encoder_.knows(*customer.profile)) return std::nullopt;
    std::vector<float> row(encoder_.num_columns());
    encoder_.encode(*customer.profile, row);
    return row;
}

void Propensity::score(const CustomerView& customer, std::span<double> scores) const {
    ATTUNE_ASSERT(scores.size() == model_of_product_.size());
    std::fill(scores.begin(), scores.end(), 0.0);
    const auto row = models_.empty() ? std::nullopt : row_of(customer);
    if (!row) return;
    std::vector<double> probabilities;
    probabilities.reserve(models_.size());
    for (const CategoryModel& model : models_) {
        probabilities.push_back(model.trees.probability(*row));
    }
    for (std::size_t product = 0; product < scores.size(); ++product) {
        const std::size_t model = model_of_product_[product];
        if (model != kNoModel) scores[product] = probabilities[model];
    }
}

void Propensity::hide(std::uint32_t field, std::span<float> row) const {
    for (std::size_t column = 0; column < row.size(); ++column) {
        if (field_of_column_[column] == field) row[column] = unknown_row_[column];
    }
}

/// The fields that raise the margin above that of an unknown customer, strongest first.
std::vector<std::uint32_t> Propensity::fields_by_weight(const TreeEnsemble& trees,
                                                        std::span<const float> row) const {
    std::vector<float> reference = unknown_row_;
    for (std::size_t column = 0; column < reference.size(); ++column) {
        if (fields_[field_of_column_[column]] == kKind) reference[column] = row[column];
    }
    std::vector<double> weights(fields_.size());
    trees.shapley(row, reference, field_of_column_, weights);
    std::vector<std::uint32_t> order;
    for (std::uint32_t field = 0; field < weights.size(); ++field) {
        if (weights[field] > 0) order.push_back(field);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return weights[a] > weights[b]; });
    return order;
}

Explanation Propensity::explain(const CustomerView& customer, ProductIndex product) const {
    const std::size_t model = model_of_product_[product.at()];
    const auto row = model == kNoModel ? std::nullopt : row_of(customer);
    return row ? explain(*customer.profile, *row, model) : Explanation();
}

std::vector<Explanation> Propensity::explain_all(const CustomerView& customer,
                                                 std::span<const ProductIndex> products) const {
    std::vector<Explanation> explanations(products.size());
    const auto row = row_of(customer);
    if (!row) return explanations;
    // One of each category: its products share a model.
    std::map<std::size_t, std::size_t> first_of_model;
    for (std::size_t i = 0; i < products.size(); ++i) {
        const std::size_t model = model_of_product_[products[i].at()];
        if (model == kNoModel) continue;
        const auto [first, inserted] = first_of_model.try_emplace(model, i);
        explanations[i] =
            inserted ? explain(*customer.profile, *row, model) : explanations[first->second];
    }
    return explanations;
}

Explanation Propensity::explain(const Customer& profile, const std::vector<float>& row,
                                std::size_t model) const {
    const TreeEnsemble& trees = models_[model].trees;
    const std::vector<float> leaves = trees.leaf_values(row);
    Explanation explanation;
    explanation.score = logistic(trees.sum_of(leaves));
    double left = explanation.score;
    std::vector<float> alone;
    std::vector<float> alone_leaves;
    std::vector<float> hidden = row;
    std::vector<float> hidden_leaves = leaves;
    std::vector<float> trial;
    std::vector<float> trial_leaves;
    // Hiding a field changes nothing in the trees that do not ask for it.
    const auto without_field = [&](std::uint32_t field, std::vector<float>& of_row,
                                   std::vector<float>& of_leaves) {
        hide(field, of_row);
        trees.update_leaf_values(of_row, trees_of_field_[model][field], of_leaves);
        return logistic(trees.sum_of(of_leaves));
    };
    for (const std::uint32_t field : fields_by_weight(trees, row)) {
        if (explanation.evidence.size() == max_evidence_) break;
        alone = row;
        alone_leaves = leaves;
        double without = without_field(field, alone, alone_leaves);
        if (without >= explanation.score) continue;
        if (explanation.evidence.empty()) {  // alone is then on top of nothing
            trial.swap(alone);
            trial_leaves.swap(alone_leaves);
        } else {
            trial = hidden;
            trial_leaves = hidden_leaves;
            without = without_field(field, trial, trial_leaves);
        }
        if (without >= left || left - without < min_fall_share_ * explanation.score) continue;
        explanation.evidence.push_back(cite(profile, fields_[field], left - without));
        left = without;
        hidden.swap(trial);
        hidden_leaves.swap(trial_leaves);
    }
    std::stable_sort(
        explanation.evidence.begin(), explanation.evidence.end(),
        [](const Evidence& a, const Evidence& b) { return a.contribution > b.contribution; });
    explanation.evidence.push_back(baseline(left));
    return explanation;
}

std::vector<std::string_view> Propensity::categories() const {
    std::vector<std::string_view> names;
    for (const CategoryModel& model : models_) names.push_back(model.category);
    return names;
}

Result<std::vector<double>> Propensity::predict(std::string_view category,
                                                std::span<const Customer> customers) const {
    const CategoryModel* const model = find(category);
    if (model == nullptr) {
        return fail(ErrorCode::kNotFound, "propensity: category {} has no model", category);
    }
    std::vector<double> probabilities;
    probabilities.reserve(customers.size());
    std::vector<float> row(encoder_.num_columns());
    for (const Customer& customer : customers) {
        encoder_.encode(customer, row);
        probabilities.push_back(model->trees.probability(row));
    }
    return probabilities;
}

void Propensity::save(BinaryWriter& writer) const {
    BinaryWriter payload;
    encoder_.save(payload);
    payload.number<std::uint64_t>(max_evidence_);
    payload.number(min_fall_share_);
    payload.number<std::uint64_t>(models_.size());
    for (const CategoryModel& model : models_) {
        payload.text(model.category);
        model.trees.save(payload);
    }
    write_model_header(writer, kName, kFormat);
    writer.number(hash64(payload.bytes()));
    writer.text(payload.bytes());
}

Result<std::unique_ptr<Propensity>> Propensity::load(BinaryReader& reader,
                                                     std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kFormat));
    const auto checksum = reader.number<std::uint64_t>();
    const std::string bytes = reader.text();
    ATTUNE_TRY(reader.status());
    if (hash64(bytes) != checksum) return corrupt_model(kName, "its checksum is another");

    BinaryReader payload(bytes);
    ATTUNE_ASSIGN(ProfileEncoder encoder, ProfileEncoder::load(payload));
    const auto max_evidence = payload.number<std::uint64_t>();
    const auto min_fall_share = payload.number<double>();
    const auto num_models = payload.number<std::uint64_t>();
    std::vector<CategoryModel> models;
    while (models.size() < num_models) {
        CategoryModel model;
        model.category = payload.text();
        ATTUNE_ASSIGN(model.trees, TreeEnsemble::load(payload));
        if (model.trees.num_features() != encoder.num_columns() ||
            (!models.empty() && models.back().category >= model.category)) {
            return corrupt_model(kName, "its categories do not fit");
        }
        models.push_back(std::move(model));
    }
    ATTUNE_TRY(payload.status());
    if (!payload.at_end() || !(min_fall_share >= 0 && min_fall_share <= 1)) {
        return corrupt_model(kName, "its settings are out of range");
    }
    return std::make_unique<Propensity>(catalogue, std::move(encoder), std::move(models),
                                        max_evidence, min_fall_share);
}

Result<std::unique_ptr<Recommender>> load_propensity(BinaryReader& reader,
                                                     std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_ASSIGN(std::unique_ptr<Recommender> model,
                  Propensity::load(reader, std::move(catalogue)));
    return model;
}

}  // namespace attune
