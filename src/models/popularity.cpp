#include "models/popularity.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "models/model_io.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "popularity";
constexpr std::uint32_t kVersion = 1;

/// What the scores were counted from.
enum class Source : std::uint8_t { kEvents, kHoldings };

/// Both by product.
struct Counts {
    Source source = Source::kEvents;
    std::vector<double> scores;  ///< the highest is 1, or all are 0
    std::vector<double> shares;  ///< of customers who have the product or hold its category
};

class Popularity final : public Recommender {
 public:
    Popularity(std::shared_ptr<const Catalogue> catalogue, Counts counts)
        : catalogue_(std::move(catalogue)), counts_(std::move(counts)) {}

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView&, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == counts_.scores.size());
        std::copy(counts_.scores.begin(), counts_.scores.end(), scores.begin());
    }

    [[nodiscard]] Explanation explain(const CustomerView&, ProductIndex product) const override {
        const double score = counts_.scores[product.at()];
        if (score == 0) return {};
        const Product& described = catalogue_->product(product);
        const std::string& subject =
            counts_.source == Source::kEvents ? described.id : described.category;
        return {score,
                {{EvidenceKind::kPopularity, subject,
                  fmt::format("{:.3g}", counts_.shares[product.at()]), std::nullopt, score,
                  std::string(kName)}}};
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        write_products(writer, *catalogue_);
        writer.number(static_cast<std::uint8_t>(counts_.source));
        writer.array(counts_.scores);
        writer.array(counts_.shares);
    }

 private:
    std::shared_ptr<const Catalogue> catalogue_;
    Counts counts_;
};

Counts count_events(const TrainingData& data, const StrengthOptions& options) {
    Counts counts{Source::kEvents, std::vector<double>(data.num_products()),
                  std::vector<double>(data.num_products())};
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        for (const ProductStrength& entry :
             product_strengths(data.history(CustomerIndex(c)), data.as_of, options)) {
            counts.scores[entry.product.at()] += entry.strength;
            counts.shares[entry.product.at()] += 1;
        }
    }
    return counts;
}

Counts count_holdings(const TrainingData& data) {
    std::vector<double> holders(data.catalogue->num_categories());
    for (const Customer& customer : data.customers) {
        const std::set<std::string> held(customer.held_categories.begin(),
                                         customer.held_categories.end());
        for (const std::string& name : held) {
            if (const auto category = data.catalogue->find_category(name)) {
                holders[category->at()] += 1;
            }
        }
    }
    Counts counts;
    counts.source = Source::kHoldings;
    for (std::size_t j = 0; j < data.num_products(); ++j) {
        counts.scores.push_back(holders[data.catalogue->category_of(ProductIndex(j)).at()]);
    }
    counts.shares = counts.scores;
    return counts;
}

double highest_of(const std::vector<double>& values) {
    return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

bool in_unit_interval(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(),
                       [](double value) { return value >= 0 && value <= 1; });
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_popularity(const TrainingData& data,
                                                    const PopularityOptions& options) {
    ATTUNE_TRY(validate(options.strength, kName));
    Counts counts = count_events(data, options.strength);
    double highest = highest_of(counts.scores);
    if (highest == 0) {
        counts = count_holdings(data);
        highest = highest_of(counts.scores);
    }
    if (highest > 0) {
        for (double& score : counts.scores) score /= highest;
        for (double& share : counts.shares) share /= static_cast<double>(data.num_customers());
    }
    return std::make_unique<Popularity>(data.catalogue, std::move(counts));
}

Result<std::unique_ptr<Recommender>> load_popularity(BinaryReader& reader,
                                                     std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    ATTUNE_ASSIGN(const ProductMapping mapping, read_products(reader, kName, *catalogue));
    const auto source = reader.number<std::uint8_t>();
    const auto scores = reader.array<double>();
    const auto shares = reader.array<double>();
    ATTUNE_TRY(reader.status());
    if (source > static_cast<std::uint8_t>(Source::kHoldings) || scores.size() != mapping.size() ||
        shares.size() != mapping.size() || !in_unit_interval(scores) || !in_unit_interval(shares)) {
        return corrupt_model(kName, "its counts are out of range");
    }
    Counts counts{static_cast<Source>(source), std::vector<double>(catalogue->num_products()),
                  std::vector<double>(catalogue->num_products())};
    for (std::size_t j = 0; j < mapping.size(); ++j) {
        if (!mapping[j]) continue;
        counts.scores[mapping[j]->at()] = scores[j];
        counts.shares[mapping[j]->at()] = shares[j];
    }
    return std::make_unique<Popularity>(std::move(catalogue), std::move(counts));
}

}  // namespace attune
