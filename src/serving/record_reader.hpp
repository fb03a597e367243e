#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "storage/stores.hpp"

namespace attune {

/// What is shown of the store as it is: lists a page at a time, and single records.
///
/// @threads  safe from many
class RecordReader {
 public:
    explicit RecordReader(Database& database) : database_(database) {}

    struct Customers {
        SortedPage<Customer> page;
        std::size_t total = 0;  ///< over all pages
    };
    Result<Customers> customers(const CustomerQuery& query);
    /// @errors kNotFound
    Result<Customer> customer(const std::string& id);
    Result<std::size_t> num_customers();

    struct Products {
        SortedPage<Product> page;
        std::size_t total = 0;
        std::vector<ProductFacet> categories;
        std::vector<ProductFacet> brands;
    };
    Result<Products> products(const ProductQuery& query);
    /// @errors kNotFound
    Result<Product> product(const std::string& id);

    Result<std::vector<Event>> events(const NewestFirst& page);
    Result<std::size_t> num_events();

    /// Of one customer, newest first; `page.before` and `page.limit` as in events.
    /// @errors kNotFound: no such customer
    Result<std::vector<Transaction>> transactions(const NewestFirst& page);
    Result<std::vector<Post>> posts(const NewestFirst& page);
    Result<std::vector<Consent>> consents(const std::string& customer_id);
    Result<std::vector<HouseholdRelation>> household(const std::string& customer_id);

    Result<std::vector<Decision>> decisions(const NewestFirst& page);
    /// @errors kNotFound
    Result<Decision> decision(const std::string& id);

    /// The answer that was given before under a key, or nothing.
    Result<std::optional<IdempotencyRecord>> earlier_answer(const std::string& principal,
                                                            const std::string& key);
    /// Keeps the first answer under a key: one that was kept of `oldest` or later stays.
    Status keep_answer(const IdempotencyRecord& record, Timestamp oldest);

 private:
    Database& database_;
};

}  // namespace attune
