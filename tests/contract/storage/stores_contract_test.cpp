#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Nouns : public StorageContract {};
ATTUNE_FOR_ALL_BACK_ENDS(Nouns);

Customer full_customer() {
    Customer customer = make_customer("c-full", "Zoë \"O'Neil\" 株式会社\n");
    customer.location = "Graz";
    customer.residency = "AT";
    customer.age = 41;
    customer.gender = "female";
    customer.income = Money{5'000'000, {'E', 'U', 'R'}};
    customer.education = "tertiary";
    customer.occupation = "teacher";
    customer.marital_status = "single";
    customer.interests = {"travel", "music"};
    customer.preferences = {"mobile"};
    customer.financial_needs = {"saving"};
    customer.held_categories = {"CARDS"};
    customer.attributes = {{"active", true}, {"balance", -12.25}, {"segment", "gold"}};
    return customer;
}

Product full_product() {
    Product product = make_product("brand/p-full", "Card");
    product.brand = "Brand";
    product.description = "A card";
    product.features = {{"DIGITAL_WALLET", "pay"}};
    product.eligibility.minimum_age = 18;
    product.eligibility.residencies = {"AU"};
    product.fees = {{"annual", "PERIODIC", Money{9900, {'A', 'U', 'D'}}, "a year"}};
    product.rates = {{RateSide::kLending, "PURCHASE", 0.1999, ""}};
    product.available = false;
    product.available_from = Timestamp{0};
    product.available_until = Timestamp{kMsPerDay};
    product.attributes = {{"online", false}};
    return product;
}

TEST_P(Nouns, AreReadBackAsTheyWereStored) {
    write([](Stores& stores) -> Status {
        const std::vector customers{full_customer()};
        const std::vector products{full_product()};
        ATTUNE_TRY(stores.customers().put(customers));
        ATTUNE_TRY(stores.products().put(products));
        return {};
    });
    open();
    read([](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const Customer customer, stores.customers().get("c-full"));
        ATTUNE_ASSIGN(const Product product, stores.products().get("brand/p-full"));
        EXPECT_EQ(customer, full_customer());
        EXPECT_EQ(product, full_product());
        return {};
    });
}

TEST_P(Nouns, AreCountedAsAddedChangedOrUnchanged) {
    write([](Stores& stores) -> Status {
        const std::vector first{make_customer("a"), make_customer("b"), make_customer("c")};
        ATTUNE_ASSIGN(const PutCounts added, stores.customers().put(first));
        EXPECT_EQ(added, (PutCounts{3, 0, 0}));
        const std::vector second{make_customer("a"), make_customer("b", "Other"),
                                 make_customer("d")};
        ATTUNE_ASSIGN(const PutCounts mixed, stores.customers().put(second));
        EXPECT_EQ(mixed, (PutCounts{1, 1, 1}));
        ATTUNE_ASSIGN(const Customer changed, stores.customers().get("b"));
        EXPECT_EQ(changed.name, "Other");
        const std::vector twice{make_product("p", "One"), make_product("p", "Two")};
        ATTUNE_ASSIGN(const PutCounts products, stores.products().put(twice));
        EXPECT_EQ(products, (PutCounts{1, 1, 0}));
        ATTUNE_ASSIGN(const PutCounts none, stores.products().put({}));
        EXPECT_EQ(none, PutCounts{});
        return {};
    });
}

TEST_P(Nouns, AChangeKeepsWhatRefersToThem) {
    put_nouns();
    write([](Stores& stores) -> Status {
        const std::vector events{make_event("e1", "c1", 1)};
        ATTUNE_TRY(stores.events().append(events));
        const std::vector renamed{make_customer("c1", "Renamed")};
        ATTUNE_ASSIGN(const PutCounts counts, stores.customers().put(renamed));
        EXPECT_EQ(counts.changed, 1U);
        ATTUNE_ASSIGN(const std::size_t num_events, stores.events().count());
        EXPECT_EQ(num_events, 1U);
        return {};
    });
}

TEST_P(Nouns, CanBeAskedFor) {
    const auto expect_there = [](Stores& stores, bool customer, bool product) -> Status {
        ATTUNE_ASSIGN(const bool has_customer, stores.customers().contains("c1"));
        ATTUNE_ASSIGN(const bool has_product, stores.products().contains("p1"));
        EXPECT_EQ(has_customer, customer);
        EXPECT_EQ(has_product, product);
        return {};
    };
    read([&](Stores& stores) { return expect_there(stores, false, false); });
    put_nouns();
    read([&](Stores& stores) { return expect_there(stores, true, true); });
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(expect_there(stores, true, true));
        ATTUNE_TRY(stores.customers().remove("c1"));
        return expect_there(stores, false, true);
    });
    read([&](Stores& stores) { return expect_there(stores, false, true); });
}

TEST_P(Nouns, ThatDoNotExistAreNotFound) {
    read([](Stores& stores) -> Status {
        const auto customer = stores.customers().get("nobody");
        EXPECT_EQ(customer.error().code, ErrorCode::kNotFound);
        EXPECT_THAT(customer.error().message, HasSubstr("'nobody'"));
        EXPECT_EQ(stores.products().get("nothing").error().code, ErrorCode::kNotFound);
        return {};
    });
}

TEST_P(Nouns, AreListedInPagesByBytesOfTheirIds) {
    write([](Stores& stores) -> Status {
        const std::vector customers{make_customer("b"), make_customer("B"), make_customer("é"),
                                    make_customer("a10"), make_customer("a9")};
        ATTUNE_TRY(stores.customers().put(customers));
        return {};
    });
    read([](Stores& stores) -> Status {
        std::vector<std::string> ids;
        Page page{.after = "", .limit = 2};
        for (;;) {
            ATTUNE_ASSIGN(const auto customers, stores.customers().list(page));
            if (customers.empty()) break;
            EXPECT_LE(customers.size(), 2U);
            for (const Customer& customer : customers) ids.push_back(customer.id);
            page.after = ids.back();
        }
        EXPECT_THAT(ids, ElementsAre("B", "a10", "a9", "b", "é"));
        const Page all{.after = "", .limit = std::numeric_limits<std::size_t>::max()};
        ATTUNE_ASSIGN(const auto listed, stores.customers().list(all));
        EXPECT_EQ(listed.size(), 5U);
        ATTUNE_ASSIGN(const auto none, stores.customers().list({.after = "", .limit = 0}));
        EXPECT_THAT(none, IsEmpty());
        ATTUNE_ASSIGN(const std::size_t count, stores.customers().count());
        EXPECT_EQ(count, 5U);
        ATTUNE_ASSIGN(const std::size_t num_products, stores.products().count());
        EXPECT_EQ(num_products, 0U);
        return {};
    });
}

TEST_P(Nouns, ThatCouldNotBeReadBackAreRefused) {
    Customer no_number = make_customer("odd");
    no_number.attributes = {{"balance", std::nan("")}};
    Customer no_utf8 = make_customer("odd", "\xC3(");
    const Customer no_id = make_customer("");
    Product no_rate = make_product("odd");
    no_rate.rates = {{RateSide::kDeposit, "FIXED", std::numeric_limits<double>::infinity(), ""}};
    write([&](Stores& stores) -> Status {
        for (const Customer& refused : {no_number, no_utf8, no_id}) {
            const std::vector customers{make_customer("good"), refused};
            const auto counts = stores.customers().put(customers);
            EXPECT_EQ(counts.error().code, ErrorCode::kInvalidArgument);
            EXPECT_THAT(counts.error().message, HasSubstr("customer '" + refused.id + "'"));
        }
        const std::vector products{no_rate};
        EXPECT_EQ(stores.products().put(products).error().code, ErrorCode::kInvalidArgument);
        // The good one of a refused call is not stored either.
        ATTUNE_ASSIGN(const std::size_t count, stores.customers().count());
        EXPECT_EQ(count, 0U);
        return {};
    });
}

TEST_P(Nouns, RemovingACustomerRemovesAllThatRefersToIt) {
    put_nouns();
    const Timestamp now{kMsPerDay};
    write([&](Stores& stores) -> Status {
        const std::vector events{make_event("e1", "c1", 1), make_event("e2", "c2", 1)};
        ATTUNE_TRY(stores.events().append(events));
        const std::vector transactions{Transaction{"t1", "c1", now, {}, "", "", ""},
                                       Transaction{"t2", "c2", now, {}, "", "", ""}};
        ATTUNE_TRY(stores.transactions().put(transactions));
        const std::vector posts{Post{"m1", "c1", now, "mail", "hello"}};
        ATTUNE_TRY(stores.posts().put(posts));
        const std::vector relations{HouseholdRelation{"c1", "c2", "spouse"},
                                    HouseholdRelation{"c2", "c1", "spouse"},
                                    HouseholdRelation{"c2", "c3", "parent"}};
        ATTUNE_TRY(stores.households().put(relations));
        const std::vector consents{Consent{"c1", "marketing", true, now, "web"}};
        ATTUNE_TRY(stores.consents().put(consents));
        return {};
    });
    write([](Stores& stores) { return stores.customers().remove("c1"); });
    read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().count(), 2U);
        EXPECT_EQ(stores.events().count(), 1U);
        EXPECT_EQ(stores.transactions().count(), 1U);
        EXPECT_EQ(stores.posts().count(), 0U);
        EXPECT_EQ(stores.households().count(), 1U);
        EXPECT_EQ(stores.consents().count(), 0U);
        return {};
    });
    const Status again =
        database_->write([](Stores& stores) { return stores.customers().remove("c1"); });
    EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
}

TEST_P(Nouns, ARemovedCustomerIsNoLongerReferredToWithinTheSameWrite) {
    put_nouns();
    write([](Stores& stores) -> Status {
        const std::vector before{make_event("e1", "c1", 1)};
        const std::vector after{make_event("e2", "c1", 2)};
        ATTUNE_TRY(stores.events().append(before));
        ATTUNE_TRY(stores.customers().remove("c1"));
        EXPECT_EQ(stores.events().append(after).error().code, ErrorCode::kNotFound);
        return {};
    });
}

}  // namespace
}  // namespace attune
