#pragma once

#include <memory>

#include "core/random.hpp"
#include "storage/stores.hpp"

namespace attune {

/// A small bank with a pattern to find: customers of two groups (students, retired) buy mostly the
/// products of their own kind, and what they buy late follows what they bought early.
struct PlantedStoreOptions {
    std::size_t num_customers = 60;
    std::size_t num_products = 16;  ///< half for each group
    std::size_t events_of_customer = 6;
    std::uint64_t seed = 1;
};

inline constexpr std::int64_t kPlantedFirstDay = 15'000;  ///< since 1970-01-01
inline constexpr std::int64_t kPlantedDays = 120;

inline Product planted_product(std::size_t number, std::size_t num_products) {
    const bool for_students = number < num_products / 2;
    Product product;
    product.id = fmt::format("p{:02}", number);
    product.name = fmt::format("{} account {}", for_students ? "Campus" : "Golden", number);
    product.category = for_students ? "TRANS_AND_SAVINGS_ACCOUNTS" : "TERM_DEPOSITS";
    product.brand = number % 2 == 0 ? "North" : "South";
    product.description =
        for_students ? "No fees for study and travel" : "Safe fixed interest for savings";
    return product;
}

inline Customer planted_customer(std::size_t number) {
    const bool student = number % 2 == 0;
    Customer customer;
    customer.id = fmt::format("c{:03}", number);
    customer.age = student ? 20 + static_cast<int>(number % 5) : 66 + static_cast<int>(number % 9);
    customer.occupation = student ? "student" : "retired";
    customer.interests = {student ? "travel" : "savings"};
    if (number % 3 == 0) {
        customer.held_categories = {student ? "CRED_AND_CHRG_CARDS" : "RESIDENTIAL_MORTGAGES"};
    }
    return customer;
}

inline std::vector<Event> planted_events(const PlantedStoreOptions& options) {
    Random random(options.seed);
    std::vector<Event> events;
    const std::size_t half = options.num_products / 2;
    for (std::size_t c = 0; c < options.num_customers; ++c) {
        for (std::size_t e = 0; e < options.events_of_customer; ++e) {
            const bool own = random.uniform() < 0.9;
            const bool student_product = (c % 2 == 0) == own;
            const std::size_t product = random.below(half) + (student_product ? 0 : half);
            const std::int64_t day =
                kPlantedFirstDay +
                static_cast<std::int64_t>(e * kPlantedDays / options.events_of_customer +
                                          random.below(10));
            Event event;
            event.id = fmt::format("e{:03}-{}", c, e);
            event.customer_id = fmt::format("c{:03}", c);
            event.product_id = fmt::format("p{:02}", product);
            event.type = EventType::kPurchase;
            event.time = {day * kMsPerDay};
            event.context = fmt::format("basket {}", e / 2);
            events.push_back(std::move(event));
        }
    }
    return events;
}

inline Status fill_planted_store(Database& database, const PlantedStoreOptions& options) {
    return database.write([&](Stores& stores) -> Status {
        std::vector<Product> products;
        for (std::size_t p = 0; p < options.num_products; ++p) {
            products.push_back(planted_product(p, options.num_products));
        }
        std::vector<Customer> customers;
        for (std::size_t c = 0; c < options.num_customers; ++c) {
            customers.push_back(planted_customer(c));
        }
        ATTUNE_TRY(stores.products().put(products));
        ATTUNE_TRY(stores.customers().put(customers));
        if (options.events_of_customer > 0) {
            ATTUNE_TRY(stores.events().append(planted_events(options)));
        }
        return {};
    });
}

}  // namespace attune
