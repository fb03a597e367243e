#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "features/catalogue.hpp"
#include "features/customer_view.hpp"
#include "models/recommender.hpp"

namespace attune::test {

inline constexpr Timestamp kNow{1'320'000'000'000};  // 2011-10-30T18:40:00Z

inline Product product(std::string id, std::string category, std::string brand = "") {
    Product made;
    made.id = id;
    made.name = "Product " + id;
    made.category = std::move(category);
    made.brand = std::move(brand);
    return made;
}

/// Products "p00", "p01", ... in categories and brands that go round.
inline Catalogue numbered_catalogue(std::size_t num_products, std::size_t num_categories,
                                    std::size_t num_brands) {
    std::vector<Product> products;
    for (std::size_t i = 0; i < num_products; ++i) {
        std::string number = std::to_string(i);
        if (number.size() < 2) number.insert(0, "0");
        products.push_back(product("p" + number, "C" + std::to_string(i % num_categories),
                                   "B" + std::to_string(i % num_brands)));
    }
    return Catalogue(std::move(products));
}

inline Interaction interaction(std::size_t index, EventType type, Timestamp time = kNow) {
    return {ProductIndex(index), type, time, 1.0F, 0};
}

/// The same scores for everybody; explained as one baseline.
class FixedModel : public Recommender {
 public:
    FixedModel(std::string name, std::vector<double> scores)
        : name_(std::move(name)), scores_(std::move(scores)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    void score(const CustomerView&, std::span<double> scores) const override {
        for (std::size_t p = 0; p < scores.size(); ++p) scores[p] = scores_[p];
    }
    [[nodiscard]] Explanation explain(const CustomerView&, ProductIndex product) const override {
        const double score = scores_[product.at()];
        return {score, {{EvidenceKind::kBaseline, "", "", std::nullopt, score, name_}}};
    }
    void save(BinaryWriter&) const override {}

 private:
    std::string name_;
    std::vector<double> scores_;
};

/// Every event speaks for the products near its own: `strength` / (1 + distance of the indexes);
/// the profile's age speaks for products of even index. Knows nothing of others.
class NearModel final : public Recommender {
 public:
    NearModel(std::string name, const Catalogue& catalogue, double strength)
        : name_(std::move(name)), catalogue_(catalogue), strength_(strength) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    void score(const CustomerView& customer, std::span<double> scores) const override {
        for (std::size_t p = 0; p < scores.size(); ++p) {
            scores[p] = explain(customer, ProductIndex(p)).score;
        }
    }
    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        Explanation explanation;
        for (const Interaction& past : customer.history) {
            const double distance = std::abs(static_cast<double>(past.product.at()) -
                                             static_cast<double>(product.at()));
            explanation.evidence.push_back({EvidenceKind::kEvent,
                                            catalogue_.product(past.product).id, "", past.time,
                                            strength_ / (1 + distance), ""});
        }
        if (customer.profile != nullptr && customer.profile->age && product.at() % 2 == 0) {
            explanation.evidence.push_back({EvidenceKind::kAttribute, "age",
                                            std::to_string(*customer.profile->age), std::nullopt,
                                            0.01 * *customer.profile->age, ""});
        }
        explanation.score = total_contribution(explanation.evidence);
        return explanation;
    }
    void save(BinaryWriter&) const override {}

 private:
    std::string name_;
    const Catalogue& catalogue_;
    double strength_;
};

}  // namespace attune::test
