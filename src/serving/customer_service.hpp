#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "core/result.hpp"
#include "domain/customer.hpp"
#include "domain/records.hpp"
#include "serving/customer_states.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Looks at the customer as stored before it is changed, within the same transaction: an error
/// leaves everything as it was. Empty: no check.
using CustomerCheck = std::function<Status(const Customer& stored)>;

/// Looks at a record that is stored under another customer than it now names, which a correction
/// may do, within the same transaction: an error leaves everything as it was. Empty: no check.
/// @param index  of the record in those that are added
using MoveCheck = std::function<Status(std::size_t index, const std::string& stored_customer_id)>;

/// Changes customers durably and lets their states know before it returns: the next recommendation
/// goes by the change.
///
/// @threads every member may be called from many threads
class CustomerService {
 public:
    /// @param before_removal  brings into the store what is on its way there about customers, so
    ///                        that a removal takes it too; its error refuses the removal
    /// @lifetime borrows all three
    CustomerService(Database& database, CustomerStates& states, const Clock& clock,
                    std::function<Status()> before_removal)
        : database_(database),
          states_(states),
          clock_(clock),
          before_removal_(std::move(before_removal)) {}

    /// @errors kConflict: there is one of this id; those of validate and the store
    Status create(const Customer& customer);
    /// @errors kNotFound; those of the check, validate and the store
    Result<Customer> replace(const Customer& customer, const CustomerCheck& check);
    /// Changes the fields that an RFC 7396 merge patch names.
    /// @errors kNotFound; kInvalidArgument: no valid customer comes out, or another id
    Result<Customer> patch(const std::string& id, const nlohmann::json& merge_patch,
                           const CustomerCheck& check);
    /// Removes the customer with everything that refers to them. @errors kNotFound
    Status remove(const std::string& id, const CustomerCheck& check);

    /// @errors kNotFound: no such customer
    Status add_consent(const Consent& consent);
    /// @errors kNotFound: no such customer; those of the check
    Result<PutCounts> add_transactions(std::span<const Transaction> transactions,
                                       const MoveCheck& check = {});
    Result<PutCounts> add_posts(std::span<const Post> posts, const MoveCheck& check = {});

    /// What a merge patch makes of a customer. @errors kInvalidArgument
    static Result<Customer> patched(const Customer& customer, const nlohmann::json& merge_patch);

 private:
    Result<Customer> change(const std::string& id, const CustomerCheck& check,
                            const std::function<Result<Customer>(const Customer&)>& make);
    Status tell(const StateChange& change);

    Database& database_;
    CustomerStates& states_;
    const Clock& clock_;
    std::function<Status()> before_removal_;
};

}  // namespace attune
