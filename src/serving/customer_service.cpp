#include "serving/customer_service.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "serving/state_loader.hpp"

namespace attune {
namespace {

Result<Customer> stored_customer(Stores& stores, const std::string& id) {
    auto stored = stores.customers().get(id);
    if (!stored && stored.error().code == ErrorCode::kNotFound) {
        return fail(ErrorCode::kNotFound, "there is no customer '{}'", id);
    }
    return stored;
}

template <typename Record>
Result<PutCounts> put_checked(RecordStore<Record>& store, std::span<const Record> records,
                              const MoveCheck& check) {
    for (std::size_t i = 0; check && i < records.size(); ++i) {
        ATTUNE_ASSIGN(const auto stored_under, store.customer_of(records[i].id));
        if (!stored_under || *stored_under == records[i].customer_id) continue;
        ATTUNE_TRY(check(i, *stored_under));
    }
    return store.put(records);
}

}  // namespace

Status CustomerService::tell(const StateChange& change) {
    if (states_.apply(change) == CustomerStates::Applied::kDone) return {};
    const std::array ids{change.customer_id};
    return load_states_of(database_, states_, ids, clock_);
}

Status CustomerService::create(const Customer& customer) {
    ATTUNE_TRY(validate(customer));
    std::uint64_t sequence = 0;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = states_.next_sequence();
        ATTUNE_ASSIGN(const bool exists, stores.customers().contains(customer.id));
        if (exists) {
            return fail(ErrorCode::kConflict, "there is a customer '{}' already", customer.id);
        }
        ATTUNE_TRY(stores.customers().put({&customer, 1}));
        return {};
    }));
    return tell({customer.id, sequence, std::make_shared<const Customer>(customer)});
}

Result<Customer> CustomerService::change(
    const std::string& id, const CustomerCheck& check,
    const std::function<Result<Customer>(const Customer&)>& make) {
    std::uint64_t sequence = 0;
    Customer changed;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = states_.next_sequence();
        ATTUNE_ASSIGN(const Customer stored, stored_customer(stores, id));
        if (check) ATTUNE_TRY(check(stored));
        ATTUNE_ASSIGN(changed, make(stored));
        ATTUNE_TRY(stores.customers().put({&changed, 1}));
        return {};
    }));
    ATTUNE_TRY(tell({id, sequence, std::make_shared<const Customer>(changed)}));
    return changed;
}

Result<Customer> CustomerService::replace(const Customer& customer, const CustomerCheck& check) {
    ATTUNE_TRY(validate(customer));
    return change(customer.id, check,
                  [&](const Customer&) -> Result<Customer> { return customer; });
}

Result<Customer> CustomerService::patched(const Customer& customer,
                                          const nlohmann::json& merge_patch) {
    if (!merge_patch.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "a merge patch must be a JSON object");
    }
    nlohmann::json document = to_json(customer);
    document.merge_patch(merge_patch);
    ATTUNE_ASSIGN(Customer changed, customer_from_json(document));
    if (changed.id != customer.id) {
        return fail(ErrorCode::kInvalidArgument, "id: the id of a customer cannot be changed");
    }
    return changed;
}

Result<Customer> CustomerService::patch(const std::string& id, const nlohmann::json& merge_patch,
                                        const CustomerCheck& check) {
    return change(id, check, [&](const Customer& stored) { return patched(stored, merge_patch); });
}

Status CustomerService::remove(const std::string& id, const CustomerCheck& check) {
    ATTUNE_TRY(before_removal_());
    std::uint64_t sequence = 0;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = states_.next_sequence();
        ATTUNE_ASSIGN(const Customer stored, stored_customer(stores, id));
        if (check) ATTUNE_TRY(check(stored));
        return stores.customers().remove(id);
    }));
    return tell({id, sequence, StateChange::Removal{}});
}

Status CustomerService::add_consent(const Consent& consent) {
    ATTUNE_TRY(validate(consent));
    std::uint64_t sequence = 0;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = states_.next_sequence();
        ATTUNE_TRY(stores.consents().put({&consent, 1}));
        return {};
    }));
    return tell({consent.customer_id, sequence, consent});
}

Result<PutCounts> CustomerService::add_transactions(std::span<const Transaction> transactions,
                                                    const MoveCheck& check) {
    PutCounts counts;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(counts, put_checked(stores.transactions(), transactions, check));
        return {};
    }));
    return counts;
}

Result<PutCounts> CustomerService::add_posts(std::span<const Post> posts, const MoveCheck& check) {
    PutCounts counts;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(counts, put_checked(stores.posts(), posts, check));
        return {};
    }));
    return counts;
}

}  // namespace attune
