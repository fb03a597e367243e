#include <gmock/gmock.h>

#include <cstring>

#include "storage/stores.hpp"
#include "unit/storage/raw_sqlite.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SqliteDamage : public SqliteFile {
 protected:
    void SetUp() override {
        const auto database = open_database(url_);
        ASSERT_TRUE(database);
        const Status status = (*database)->write([](Stores& stores) -> Status {
            std::vector<Customer> customers(500);
            std::vector<Event> events;
            Product product;
            product.id = "p";
            product.name = "Product";
            for (Customer& customer : customers) {
                customer.id = "customer" + std::to_string(events.size());
                Event event;
                event.id = "e" + std::to_string(events.size());
                event.customer_id = customer.id;
                event.product_id = product.id;
                event.unit_price = Money{100};
                events.push_back(event);
            }
            ATTUNE_TRY(stores.customers().put(customers));
            ATTUNE_TRY(stores.products().put({&product, 1}));
            ATTUNE_TRY(stores.events().append(events));
            return {};
        });
        ASSERT_TRUE(status) << status.error().message;
    }

    /// The first error met when everything is read.
    Status read_all() {
        ATTUNE_ASSIGN(const auto database, open_database(url_));
        return database->read([](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().list({.after = "", .limit = 1000}));
            return stores.events().for_each({}, [](const Event&) -> Status { return {}; });
        });
    }

    void expect_corrupt() {
        const Status status = read_all();
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kCorrupt) << status.error().message;
        EXPECT_THAT(status.error().message, HasSubstr(path_.filename().string()));
    }
};

TEST_F(SqliteDamage, IsNotFoundWhereThereIsNone) {
    EXPECT_TRUE(read_all());
}

TEST_F(SqliteDamage, ATruncatedFileIsRefused) {
    std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
    expect_corrupt();
}

TEST_F(SqliteDamage, OverwrittenPagesAreNoticed) {
    std::string bytes = bytes_of(path_);
    for (std::size_t at = 4096; at + 4096 <= bytes.size(); at += 4096) {
        std::memset(bytes.data() + at, 0xA5, 100);
    }
    write_bytes(path_, bytes);
    expect_corrupt();
}

TEST_F(SqliteDamage, AnOverwrittenSchemaIsNoticed) {
    std::string bytes = bytes_of(path_);
    std::memset(bytes.data() + 100, 0xA5, 3000);
    write_bytes(path_, bytes);
    expect_corrupt();
}

TEST_F(SqliteDamage, DocumentsThatCannotBeReadAreNoticed) {
    RawSqlite(path_).run("UPDATE customers SET document = '{\"id' WHERE customer_key = 7");
    expect_corrupt();
    RawSqlite(path_).run("UPDATE customers SET document = '{\"id\": \"\"}'");
    expect_corrupt();
}

TEST_F(SqliteDamage, EventsThatCannotBeReadAreNoticed) {
    RawSqlite(path_).run("UPDATE events SET type = 77 WHERE customer_key = 7");
    expect_corrupt();
    RawSqlite(path_).run("UPDATE events SET type = 1, price_currency = 'euros'");
    expect_corrupt();
}

TEST_F(SqliteDamage, AMissingRevisionIsNoticed) {
    RawSqlite(path_).run("DELETE FROM database_state");
    const auto database = open_database(url_);
    ASSERT_TRUE(database);
    EXPECT_EQ((*database)->revision().error().code, ErrorCode::kCorrupt);
    EXPECT_EQ((*database)->read([](Stores&) -> Status { return {}; }).error().code,
              ErrorCode::kCorrupt);
}

TEST_F(SqliteDamage, AFailingJobDoesNotHarmTheSession) {
    const auto database = open_database(url_);
    ASSERT_TRUE(database);
    RawSqlite raw(path_);
    raw.run("ALTER TABLE events RENAME TO hidden");
    const auto count = [&] {
        return (*database)->write([](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().get("customer1"));
            // The work ignores the failure; the write fails all the same.
            EXPECT_FALSE(stores.events().count());
            return {};
        });
    };
    const Status failed = count();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
    EXPECT_THAT(failed.error().message, Not(HasSubstr("customer1")));
    raw.run("ALTER TABLE hidden RENAME TO events");
    const Status works = (*database)->write([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.events().count());
        return {};
    });
    EXPECT_TRUE(works) << works.error().message;
}

}  // namespace
}  // namespace attune
