#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "features/training_data.hpp"
#include "models/recommender.hpp"

namespace attune::testing {

inline Product product(std::string id, std::string name, std::string category,
                       std::string description) {
    Product made;
    made.id = std::move(id);
    made.name = std::move(name);
    made.category = std::move(category);
    made.description = std::move(description);
    return made;
}

inline std::shared_ptr<const Catalogue> small_catalogue() {
    return std::make_shared<const Catalogue>(std::vector<Product>{
        product("card", "Platinum Travel Card", "CRED_AND_CHRG_CARDS",
                "Airport lounges and travel insurance for those who fly."),
        product("gold", "Gold Card", "CRED_AND_CHRG_CARDS", "Shopping with reward points."),
        product("home", "Home Loan", "RESIDENTIAL_MORTGAGES",
                "Buy a house with a fixed interest rate."),
        product("reno", "Renovation Loan", "PERS_LOANS", "Improve the house you own."),
        product("save", "Kick Start Saver", "TRANS_AND_SAVINGS_ACCOUNTS",
                "Savings for investing later, with bonus interest."),
        product("term", "Term Deposit", "TERM_DEPOSITS", "Fixed interest on savings."),
    });
}

inline ProductIndex index_of(const Catalogue& catalogue, std::string_view id) {
    return catalogue.find(id).value();
}

inline TrainingData training(std::shared_ptr<const Catalogue> catalogue,
                             std::vector<Customer> customers) {
    TrainingData data;
    data.catalogue = std::move(catalogue);
    data.offsets.assign(customers.size() + 1, 0);
    data.customers = std::move(customers);
    data.as_of = from_calendar_day(2024, 8, 1);
    return data;
}

inline Interaction interaction(ProductIndex product, Timestamp time, float weight = 1) {
    return {product, EventType::kPurchase, time, weight, 0};
}

inline std::vector<double> scores_of(const Recommender& model, const CustomerView& view,
                                     std::size_t num_products) {
    std::vector<double> scores(num_products, -1);
    model.score(view, scores);
    return scores;
}

inline std::string saved(const Recommender& model) {
    BinaryWriter writer;
    model.save(writer);
    return writer.bytes();
}

}  // namespace attune::testing
