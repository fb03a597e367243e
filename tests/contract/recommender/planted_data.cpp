#include "contract/recommender/planted_data.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/random.hpp"
#include "math/top_k.hpp"

namespace attune {
namespace {

constexpr std::size_t kNumGroups = 4;
constexpr std::array kOccupations{"student", "engineer", "farmer", "retired"};
constexpr std::array kLocations{"Lisbon", "Porto", "Evora", "Faro"};
constexpr std::array kNeeds{"saving", "mortgage", "insurance", "pension"};
constexpr std::array kInterests{"travel", "technology", "machinery", "gardening"};
constexpr std::array kAges{21, 36, 48, 70};

std::shared_ptr<const Catalogue> make_catalogue(std::size_t num_products) {
    std::vector<Product> products;
    for (std::size_t j = 0; j < num_products; ++j) {
        const std::size_t group = j % kNumGroups;
        Product product;
        product.id = fmt::format("P{:03}", j);
        product.name = fmt::format("{} {} offer", kInterests[group], kNeeds[group]);
        product.category = fmt::format("CATEGORY_{}_{}", kNeeds[group], j % 8 / kNumGroups);
        product.description = fmt::format("For every {} who wants {} and {}", kOccupations[group],
                                          kInterests[group], kNeeds[group]);
        products.push_back(std::move(product));
    }
    return std::make_shared<const Catalogue>(std::move(products));
}

Customer make_customer(std::size_t number, std::size_t group, Random& random) {
    Customer customer;
    customer.id = fmt::format("C{:04}", number);
    customer.age = kAges[group] + static_cast<int>(random.below(7));
    customer.occupation = kOccupations[group];
    customer.location = kLocations[group];
    customer.interests = {kInterests[group]};
    customer.financial_needs = {kNeeds[group]};
    customer.held_categories = {fmt::format("CATEGORY_{}_0", kNeeds[group])};
    return customer;
}

/// Distinct products, mostly of the group; the lower numbers of a group are liked more.
std::vector<ProductIndex> draw_products(std::size_t group, std::size_t num_products,
                                        std::size_t num_drawn, Random& random) {
    std::vector<ProductIndex> drawn;
    while (drawn.size() < num_drawn) {
        const bool own = random.uniform() < 0.85;
        const double skewed = random.uniform() * random.uniform();
        const auto rank =
            static_cast<std::size_t>(skewed * static_cast<double>(num_products / kNumGroups));
        const std::size_t of_group = own ? group : random.below(kNumGroups);
        const ProductIndex product(rank * kNumGroups + of_group);
        if (std::find(drawn.begin(), drawn.end(), product) == drawn.end()) drawn.push_back(product);
    }
    return drawn;
}

}  // namespace

PlantedData make_planted_data(const PlantedOptions& options) {
    constexpr std::size_t kNumDrawn = 9;
    constexpr std::size_t kNumLater = 3;
    Random random(options.seed);
    PlantedData data;
    TrainingData& train = data.train;
    train.catalogue = make_catalogue(options.num_products);
    train.as_of = from_calendar_day(2024, 6, 1);
    train.offsets = {0};
    for (std::size_t c = 0; c < options.num_customers; ++c) {
        const std::size_t group = random.below(kNumGroups);
        train.customers.push_back(make_customer(c, group, random));
        std::vector<ProductIndex> products =
            draw_products(group, options.num_products, kNumDrawn, random);
        data.later.emplace_back(products.end() - kNumLater, products.end());
        products.resize(kNumDrawn - kNumLater);

        std::vector<Interaction> history;
        for (const ProductIndex product : products) {
            const Timestamp time = add_days(train.as_of, -120 * random.uniform());
            const auto basket = static_cast<std::uint64_t>(time.ms / kMsPerDay);
            history.push_back({product, EventType::kPurchase, time, 1.0F, basket});
            if (random.uniform() < 0.3) {
                history.push_back(
                    {product, EventType::kView, add_days(time, -1), 0.1F, basket - 1});
            }
        }
        history.push_back({ProductIndex(random.below(options.num_products)), EventType::kDismiss,
                           add_days(train.as_of, -1), 0.0F, 0});
        std::sort(history.begin(), history.end(), [](const Interaction& a, const Interaction& b) {
            return a.time < b.time || (a.time == b.time && a.product < b.product);
        });
        train.interactions.insert(train.interactions.end(), history.begin(), history.end());
        train.offsets.push_back(train.interactions.size());
    }
    return data;
}

double ndcg_at_10(const PlantedData& data, const Recommender& model) {
    constexpr std::size_t kLength = 10;
    std::vector<double> scores(data.train.num_products());
    double sum = 0;
    for (std::size_t c = 0; c < data.train.num_customers(); ++c) {
        const CustomerView view = data.train.view(CustomerIndex(c));
        model.score(view, scores);
        const auto is_new = [&](std::uint32_t product) {
            return std::none_of(view.history.begin(), view.history.end(), [&](const auto& event) {
                return event.weight > 0 && event.product.value == product;
            });
        };
        double gain = 0;
        double best = 0;
        const auto list = top_k_if<double>(scores, kLength, is_new);
        for (std::size_t rank = 0; rank < list.size(); ++rank) {
            const double discount = 1 / std::log2(static_cast<double>(rank) + 2);
            const auto& later = data.later[c];
            if (rank < later.size()) best += discount;
            if (std::find(later.begin(), later.end(), ProductIndex(list[rank].index)) !=
                later.end()) {
                gain += discount;
            }
        }
        sum += gain / best;
    }
    return sum / static_cast<double>(data.train.num_customers());
}

}  // namespace attune
