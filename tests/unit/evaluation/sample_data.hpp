#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/random.hpp"
#include "features/training_data.hpp"

namespace attune {

/// One event in a test: customer and product by position, the day after 2020-01-01.
struct SampleEvent {
    std::size_t customer;
    std::size_t product;
    double day;
    EventType type = EventType::kPurchase;
};

inline Timestamp sample_day(double day) {
    return add_days(from_calendar_day(2020, 1, 1), day);
}

/// Customers "c000".. and products "p000" in two categories, with the given events.
inline TrainingData sample_data(std::size_t num_customers, std::size_t num_products,
                                const std::vector<SampleEvent>& events) {
    std::vector<Product> products(num_products);
    for (std::size_t p = 0; p < num_products; ++p) {
        products[p].id = fmt::format("p{:03}", p);
        products[p].name = fmt::format("Product number {}", p);
        products[p].category = p % 2 == 0 ? "even" : "odd";
    }
    TrainingData data;
    data.catalogue = std::make_shared<const Catalogue>(std::move(products));
    const EventWeights weights;
    for (std::size_t c = 0; c < num_customers; ++c) {
        Customer customer;
        customer.id = fmt::format("c{:03}", c);
        data.customers.push_back(std::move(customer));
        std::vector<Interaction> history;
        for (const SampleEvent& event : events) {
            if (event.customer != c) continue;
            history.push_back({ProductIndex(event.product), event.type, sample_day(event.day),
                               static_cast<float>(weights.of(event.type)), 0});
        }
        std::stable_sort(
            history.begin(), history.end(),
            [](const Interaction& a, const Interaction& b) { return a.time < b.time; });
        data.interactions.insert(data.interactions.end(), history.begin(), history.end());
        if (data.offsets.empty()) data.offsets.push_back(0);
        data.offsets.push_back(data.interactions.size());
    }
    if (data.offsets.empty()) data.offsets.push_back(0);
    data.as_of = sample_day(1000);
    return data;
}

/// Customers who buy mostly within their half of the catalogue, over 100 days.
inline TrainingData planted_data(std::size_t num_customers, std::size_t num_products,
                                 std::size_t num_events_each, std::uint64_t seed) {
    Random random(seed);
    std::vector<SampleEvent> events;
    for (std::size_t c = 0; c < num_customers; ++c) {
        for (std::size_t e = 0; e < num_events_each; ++e) {
            const std::size_t half = random.uniform() < 0.9 ? c % 2 : random.below(2);
            const std::size_t product = std::min(
                num_products - 1, half * (num_products / 2) + random.below(num_products / 2));
            events.push_back({c, product, random.uniform() * 100});
        }
    }
    return sample_data(num_customers, num_products, events);
}

}  // namespace attune
