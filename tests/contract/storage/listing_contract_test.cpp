#include <gmock/gmock.h>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Listings : public StorageContract {
 protected:
    void put_customers() {
        write([](Stores& stores) -> Status {
            const std::vector customers{
                person("c1", "Zoë Zorn", "Graz", 41),   person("c2", "anna Huber", "Wien", 29),
                person("c3", "Anna Ärmel", "Graz", {}), organisation("o1", "ÖBB Graz", "Wien"),
                person("c5", "Max Huber", "Linz", 29),
            };
            ATTUNE_TRY(stores.customers().put(customers));
            return {};
        });
    }
    static Customer person(const std::string& id, const std::string& name,
                           const std::string& location, std::optional<int> age) {
        Customer customer = make_customer(id, name);
        customer.location = location;
        customer.age = age;
        return customer;
    }
    static Customer organisation(const std::string& id, const std::string& name,
                                 const std::string& location) {
        Customer customer = make_customer(id, name);
        customer.kind = CustomerKind::kOrganisation;
        customer.location = location;
        return customer;
    }
    static Product product(const std::string& id, const std::string& name,
                           const std::string& category, const std::string& brand,
                           bool available = true) {
        Product made = make_product(id, name);
        made.category = category;
        made.brand = brand;
        made.available = available;
        return made;
    }
    void put_products() {
        write([](Stores& stores) -> Status {
            const std::vector products{product("p1", "Gold Card", "CARDS", "Südbank"),
                                       product("p2", "basic card", "CARDS", "Nordbank", false),
                                       product("p3", "Home Loan", "LOANS", "Südbank"),
                                       product("p4", "Über Loan", "LOANS", "")};
            ATTUNE_TRY(stores.products().put(products));
            return {};
        });
    }

    /// The ids of all pages of `limit`; checks that their number is what `count` says.
    template <typename Store, typename Query>
    static Result<std::vector<std::string>> ids_of(Store& store, Query query, std::size_t limit) {
        query.limit = limit;
        std::vector<std::string> ids;
        for (int pages = 0; pages < 100; ++pages) {
            ATTUNE_ASSIGN(const auto page, store.find(query));
            EXPECT_LE(page.records.size(), limit);
            for (const auto& record : page.records) ids.push_back(record.id);
            query.after = page.next;
            if (!page.next) break;
        }
        ATTUNE_ASSIGN(const std::size_t total, store.count(query));
        EXPECT_EQ(total, ids.size());
        return ids;
    }
    std::vector<std::string> customers(const CustomerQuery& query) {
        std::vector<std::string> ids;
        read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(ids, ids_of(stores.customers(), query, 100));
            for (const std::size_t limit : {1U, 2U, 3U}) {
                ATTUNE_ASSIGN(const auto paged, ids_of(stores.customers(), query, limit));
                EXPECT_EQ(paged, ids) << "in pages of " << limit;
            }
            return {};
        });
        return ids;
    }
    std::vector<std::string> products(const ProductQuery& query) {
        std::vector<std::string> ids;
        read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(ids, ids_of(stores.products(), query, 100));
            ATTUNE_ASSIGN(const auto paged, ids_of(stores.products(), query, 1));
            EXPECT_EQ(paged, ids);
            return {};
        });
        return ids;
    }
};
ATTUNE_FOR_ALL_BACK_ENDS(Listings);

TEST_P(Listings, CustomersAreSortedBothWays) {
    put_customers();
    constexpr auto kDown = SortOrder::kDescending;
    EXPECT_THAT(customers({}), ElementsAre("c1", "c2", "c3", "c5", "o1"));
    EXPECT_THAT(customers({.order = kDown}), ElementsAre("o1", "c5", "c3", "c2", "c1"));
    EXPECT_THAT(customers({.sort = CustomerSort::kName}),
                ElementsAre("c3", "c2", "c5", "o1", "c1"));
    EXPECT_THAT(customers({.sort = CustomerSort::kName, .order = kDown}),
                ElementsAre("c1", "o1", "c5", "c2", "c3"));
    EXPECT_THAT(customers({.sort = CustomerSort::kAge}), ElementsAre("c2", "c5", "c1", "c3", "o1"));
    EXPECT_THAT(customers({.sort = CustomerSort::kAge, .order = kDown}),
                ElementsAre("c1", "c5", "c2", "o1", "c3"));
}

TEST_P(Listings, CustomersAreFoundByWordsAndFilters) {
    put_customers();
    EXPECT_THAT(customers({.text = "ANNA"}), ElementsAre("c2", "c3"));
    EXPECT_THAT(customers({.text = "zoe"}), ElementsAre("c1"));
    EXPECT_THAT(customers({.text = " armel  graz "}), ElementsAre("c3"));
    EXPECT_THAT(customers({.text = "graz"}), ElementsAre("c1", "c3", "o1"));
    EXPECT_THAT(customers({.text = "O1"}), ElementsAre("o1"));
    EXPECT_THAT(customers({.text = "%"}), IsEmpty());
    EXPECT_THAT(customers({.location = "GRAZ"}), ElementsAre("c1", "c3"));
    EXPECT_THAT(customers({.kind = CustomerKind::kOrganisation}), ElementsAre("o1"));
    EXPECT_THAT(customers({.text = "huber", .sort = CustomerSort::kAge}), ElementsAre("c2", "c5"));
    EXPECT_THAT(customers({.text = "graz", .sort = CustomerSort::kAge}),
                ElementsAre("c1", "c3", "o1"));
    EXPECT_THAT(customers({.text = "x'; DROP TABLE customers; --"}), IsEmpty());
    EXPECT_THAT(customers({.text = "graz",
                           .kind = CustomerKind::kPerson,
                           .sort = CustomerSort::kName,
                           .order = SortOrder::kDescending}),
                ElementsAre("c1", "c3"));
}

TEST_P(Listings, AChangedCustomerIsFoundAnew) {
    put_customers();
    write([](Stores& stores) -> Status {
        const std::vector changed{person("c1", "Bruno", "Linz", 80)};
        ATTUNE_TRY(stores.customers().put(changed));
        return {};
    });
    EXPECT_THAT(customers({.text = "zorn"}), IsEmpty());
    EXPECT_THAT(customers({.text = "bruno linz"}), ElementsAre("c1"));
    EXPECT_THAT(customers({.sort = CustomerSort::kAge, .order = SortOrder::kDescending}).front(),
                "c1");
}

TEST_P(Listings, OnlyAssignedCustomersAreListedWhenAsked) {
    put_customers();
    write([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.accounts().add({.name = "anna"}));
        const std::vector<std::string> ids{"c5", "c1", "o1"};
        return stores.accounts().assign("anna", ids);
    });
    EXPECT_THAT(customers({.assigned_to = "anna"}), ElementsAre("c1", "c5", "o1"));
    EXPECT_THAT(customers({.assigned_to = "anna", .sort = CustomerSort::kAge}),
                ElementsAre("c5", "c1", "o1"));
    EXPECT_THAT(customers({.text = "graz", .assigned_to = "anna"}), ElementsAre("c1", "o1"));
    EXPECT_THAT(customers({.assigned_to = "nobody"}), IsEmpty());
}

TEST_P(Listings, ACursorOfAnotherListingIsRefused) {
    put_customers();
    read([](Stores& stores) -> Status {
        const auto page = stores.customers().find(
            {.sort = CustomerSort::kAge, .after = SortCursor{"anna", "c1"}});
        EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(page.error().message, HasSubstr("cursor"));
        ATTUNE_ASSIGN(const auto none, stores.customers().find({.limit = 0}));
        EXPECT_THAT(none.records, IsEmpty());
        return {};
    });
}

TEST_P(Listings, ProductsAreSortedFoundAndFiltered) {
    put_products();
    constexpr auto kDown = SortOrder::kDescending;
    EXPECT_THAT(products({}), ElementsAre("p1", "p2", "p3", "p4"));
    EXPECT_THAT(products({.sort = ProductSort::kName}), ElementsAre("p2", "p1", "p3", "p4"));
    EXPECT_THAT(products({.sort = ProductSort::kCategory, .order = kDown}),
                ElementsAre("p4", "p3", "p2", "p1"));
    EXPECT_THAT(products({.sort = ProductSort::kBrand}), ElementsAre("p4", "p2", "p1", "p3"));
    EXPECT_THAT(products({.text = "card SUD"}), ElementsAre("p1"));
    EXPECT_THAT(products({.text = "uber"}), ElementsAre("p4"));
    EXPECT_THAT(products({.category = "CARDS"}), ElementsAre("p1", "p2"));
    EXPECT_THAT(products({.category = "cards"}), IsEmpty());
    EXPECT_THAT(products({.brand = "Südbank"}), ElementsAre("p1", "p3"));
    EXPECT_THAT(products({.available = false}), ElementsAre("p2"));
    EXPECT_THAT(products({.category = "CARDS", .available = true}), ElementsAre("p1"));
}

TEST_P(Listings, FacetsCountProducts) {
    put_products();
    read([](Stores& stores) -> Status {
        EXPECT_THAT(stores.products().categories().value(),
                    ElementsAre(ProductFacet{"CARDS", 2}, ProductFacet{"LOANS", 2}));
        EXPECT_THAT(stores.products().brands().value(),
                    ElementsAre(ProductFacet{"Nordbank", 1}, ProductFacet{"Südbank", 2}));
        return {};
    });
}

TEST_P(Listings, AProductGoesUnlessEventsReferToIt) {
    put_nouns();
    write([](Stores& stores) -> Status {
        const std::vector events{make_event("e1", "c1", 1)};
        ATTUNE_TRY(stores.events().append(events));
        const Status used = stores.products().remove("p1");
        EXPECT_EQ(used.error().code, ErrorCode::kConflict);
        EXPECT_THAT(used.error().message, HasSubstr("'p1'"));
        ATTUNE_TRY(stores.products().remove("p2"));
        EXPECT_EQ(stores.products().remove("p2").error().code, ErrorCode::kNotFound);
        const std::vector late{make_event("e2", "c1", 1, "p2")};
        EXPECT_EQ(stores.events().append(late).error().code, ErrorCode::kNotFound);
        return {};
    });
    EXPECT_EQ(database_->revision(), 2U);
}

TEST_P(Listings, EventsArePagedNewestFirst) {
    put_nouns();
    write([](Stores& stores) -> Status {
        const std::vector events{make_event("a", "c1", 1), make_event("b", "c2", 3),
                                 make_event("c", "c1", 2), make_event("e", "c1", 2),
                                 make_event("d", "c2", 2)};
        ATTUNE_TRY(stores.events().append(events));
        ATTUNE_TRY(stores.accounts().add({.name = "anna"}));
        return stores.accounts().assign("anna", std::vector<std::string>{"c2"});
    });
    read([](Stores& stores) -> Status {
        const auto ids = [&](const NewestFirst& page) {
            std::vector<std::string> found;
            const auto events = stores.events().newest(page);
            for (const Event& event : events.value()) found.push_back(event.id);
            return found;
        };
        const Timestamp second{2 * kMsPerDay};
        EXPECT_THAT(ids({}), ElementsAre("b", "e", "d", "c", "a"));
        EXPECT_THAT(ids({.before = TimeCursor{second, "e"}, .limit = 2}), ElementsAre("d", "c"));
        EXPECT_THAT(ids({.customer_id = "c1"}), ElementsAre("e", "c", "a"));
        EXPECT_THAT(ids({.customer_id = "c1", .before = TimeCursor{second, "c"}}),
                    ElementsAre("a"));
        EXPECT_THAT(ids({.assigned_to = "anna"}), ElementsAre("b", "d"));
        EXPECT_THAT(ids({.assigned_to = "anna", .before = TimeCursor{second, "e"}}),
                    ElementsAre("d"));
        EXPECT_THAT(ids({.assigned_to = "nobody"}), IsEmpty());
        ATTUNE_ASSIGN(const auto newest, stores.events().newest({.limit = 1}));
        EXPECT_THAT(newest, ElementsAre(make_event("b", "c2", 3)));
        return {};
    });
}

}  // namespace
}  // namespace attune
