#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/clock.hpp"
#include "core/index.hpp"
#include "domain/customer.hpp"
#include "features/catalogue.hpp"
#include "features/customer_view.hpp"

namespace attune {

/// Profiles and histories of all customers, and the catalogue they refer to.
/// Plain memory, filled by whoever has a store; models read it and keep none of it but the shared
/// catalogue.
struct TrainingData {
    std::shared_ptr<const Catalogue> catalogue;
    std::vector<Customer> customers;        ///< position: CustomerIndex; ascending ids
    std::vector<Interaction> interactions;  ///< grouped by customer, ascending by time in a group
    std::vector<std::size_t>
        offsets;      ///< num_customers + 1; group of c: [offsets[c], offsets[c + 1])
    Timestamp as_of;  ///< the moment that decay is counted from

    [[nodiscard]] std::size_t num_customers() const { return customers.size(); }
    [[nodiscard]] std::size_t num_products() const { return catalogue->num_products(); }
    [[nodiscard]] std::span<const Interaction> history(CustomerIndex customer) const {
        return std::span(interactions)
            .subspan(offsets[customer.at()], offsets[customer.at() + 1] - offsets[customer.at()]);
    }
    [[nodiscard]] CustomerView view(CustomerIndex customer) const {
        return {&customers[customer.at()], history(customer), as_of};
    }
};

/// The same customers and catalogue with only the interactions before `cut`, as of `cut`.
TrainingData before(const TrainingData& data, Timestamp cut);

}  // namespace attune
