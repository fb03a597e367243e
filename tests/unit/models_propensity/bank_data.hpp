#pragma once

#include <fmt/core.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "features/training_data.hpp"
#include "models/propensity.hpp"

namespace attune {

inline const std::string kDeposits = "TERM_DEPOSITS";
inline const std::string kLoans = "PERS_LOANS";
inline const std::string kRare = "SAFE_BOXES";

inline std::shared_ptr<const Catalogue> bank_catalogue() {
    std::vector<Product> products;
    for (const auto& [id, category] : {std::pair<std::string, std::string>{"deposit-1", kDeposits},
                                       {"deposit-2", kDeposits},
                                       {"loan", kLoans},
                                       {"box", kRare}}) {
        Product product;
        product.id = id;
        product.name = id;
        product.category = category;
        products.push_back(std::move(product));
    }
    return std::make_shared<const Catalogue>(std::move(products));
}

/// A customer with about a tenth of the fields unknown. Old and retired customers with savings tend
/// to hold deposits, young ones loans; holding a loan makes a deposit unlikely.
inline Customer bank_customer(std::size_t number, Random& random) {
    constexpr std::array kOccupations{"retired", "student", "technician", "manager"};
    Customer customer;
    customer.id = fmt::format("c{:05}", number);
    const int age = 18 + static_cast<int>(random.below(65));
    const std::string occupation =
        age > 60 ? "retired" : kOccupations.at(random.below(kOccupations.size()));
    const double balance = 1000 * random.normal();
    const bool loan = random.uniform() < (age < 40 ? 0.6 : 0.15);
    double chance = 0.08;
    if (age > 60) chance += 0.3;
    if (occupation == "retired") chance += 0.15;
    if (balance > 500) chance += 0.3;
    if (loan) chance *= 0.3;
    if (random.uniform() < chance) customer.held_categories.push_back(kDeposits);
    if (loan) customer.held_categories.push_back(kLoans);
    const auto known = [&] { return random.below(10) > 0; };
    if (known()) customer.age = age;
    if (known()) customer.occupation = occupation;
    if (known()) customer.attributes["balance"] = balance;
    if (known()) customer.attributes["default"] = random.below(8) == 0;
    if (known()) customer.marital_status = random.below(2) == 0 ? "single" : "married";
    return customer;
}

inline TrainingData bank_data(std::size_t num_customers, std::uint64_t seed) {
    Random random(seed);
    TrainingData data;
    data.catalogue = bank_catalogue();
    for (std::size_t c = 0; c < num_customers; ++c) {
        data.customers.push_back(bank_customer(c, random));
    }
    data.offsets.assign(num_customers + 1, 0);
    return data;
}

inline PropensityOptions quick_options() {
    PropensityOptions options;
    options.trees.num_rounds = 40;
    return options;
}

inline std::unique_ptr<Propensity> fit_bank(const TrainingData& data,
                                            const PropensityOptions& options = quick_options()) {
    ThreadPool pool(2);
    NullProgress progress;
    auto model = Propensity::fit(data, options, pool, progress);
    return model ? std::move(*model) : nullptr;
}

/// The model that tests share which only look at it.
inline const Propensity& shared_model() {
    static const std::unique_ptr<Propensity> model = fit_bank(bank_data(3000, 1));
    return *model;
}

inline std::vector<double> scores_of(const Recommender& model, const Customer* profile) {
    std::vector<double> scores(4, -1);
    model.score(CustomerView{profile, {}, {}}, scores);
    return scores;
}

}  // namespace attune
