#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/hash.hpp"
#include "features/training_data.hpp"

namespace attune {

/// A purchase of product number `product`, `age_days` before the data's moment.
struct MadeEvent {
    std::size_t product = 0;
    double age_days = 0;
    float weight = 1;
    std::string basket{};
};

inline constexpr Timestamp kMadeNow{1'700'000'000'000};

inline std::vector<Interaction> made_history(const std::vector<MadeEvent>& events) {
    std::vector<Interaction> history;
    for (const MadeEvent& event : events) {
        history.push_back({ProductIndex(event.product), EventType::kPurchase,
                           add_days(kMadeNow, -event.age_days), event.weight,
                           hash64(event.basket)});
    }
    std::stable_sort(history.begin(), history.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    return history;
}

/// Customers c0, c1, ... with these histories; products p0, p1, ... in two categories, even and
/// odd.
inline TrainingData made_data(std::size_t num_products,
                              const std::vector<std::vector<MadeEvent>>& histories) {
    std::vector<Product> products;
    for (std::size_t j = 0; j < num_products; ++j) {
        Product product;
        product.id = fmt::format("p{}", j);
        product.name = product.id;
        product.category = j % 2 == 0 ? "EVEN" : "ODD";
        products.push_back(std::move(product));
    }
    TrainingData data;
    data.catalogue = std::make_shared<const Catalogue>(std::move(products));
    data.as_of = kMadeNow;
    data.offsets = {0};
    for (std::size_t c = 0; c < histories.size(); ++c) {
        Customer customer;
        customer.id = fmt::format("c{}", c);
        data.customers.push_back(std::move(customer));
        const auto history = made_history(histories[c]);
        data.interactions.insert(data.interactions.end(), history.begin(), history.end());
        data.offsets.push_back(data.interactions.size());
    }
    return data;
}

}  // namespace attune
