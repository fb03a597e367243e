#include "serving/import_service.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "serving/export_service.hpp"
#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

class Importing : public testing::Test {
 protected:
    fs::path write(const std::string& name, const std::string& text) {
        std::ofstream(folder_.path() / name, std::ios::binary) << text;
        return folder_.path() / name;
    }

    std::unique_ptr<Database> open(const std::string& name) {
        return open_database("sqlite:" + (folder_.path() / name).string()).value();
    }

    static std::size_t count_events(Database& database) {
        std::size_t count = 0;
        EXPECT_TRUE(database.read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(count, stores.events().count());
            return {};
        }));
        return count;
    }

    std::string exported(Database& database, RecordKind kind) {
        const fs::path file = folder_.path() / "exported.jsonl";
        EXPECT_TRUE(export_records(database, kind, file, progress_));
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    static const PutCounts& stored(const ImportOutcome& outcome, RecordKind kind) {
        return outcome.stored[static_cast<std::size_t>(kind)];
    }

    TemporaryFolder folder_;
    NullProgress progress_;
};

TEST_F(Importing, WhatIsExportedImportsIntoTheSameStoreAndASecondTimeAddsNothing) {
    const auto source = open("a.db");
    ASSERT_TRUE(fill_planted_store(*source, {}));
    ASSERT_TRUE(source->write([](Stores& stores) -> Status {
        const Transaction transaction{"t", "c001", Timestamp{1}, Money{-5}, "food", "", ""};
        const Post post{"x", "c001", Timestamp{1}, "mail", "hello; \"you\",\nthere"};
        const HouseholdRelation relation{"c001", "c002", "spouse"};
        const Consent consent{"c001", "marketing", true, Timestamp{1}, "web"};
        Customer customer;
        customer.id = "x1";
        customer.interests = {"a;b", "c"};
        customer.income = Money{5, {'E', 'U', 'R'}};
        customer.attributes = {{"flag", true}, {"number", 0.1}, {"text", std::string("\"")}};
        ATTUNE_TRY(stores.customers().put({&customer, 1}));
        Product product;
        product.id = "x2";
        product.name = "Long";
        product.description = std::string(100'000, 'd');
        product.features = {{"A", std::string(40'000, 'f')}, {"", "x"}};
        product.eligibility.minimum_age = 18;
        product.fees = {{"yearly", "PERIODIC", Money{900, {'E', 'U', 'R'}}, ""}};
        product.rates = {{RateSide::kDeposit, "FIXED", 0.0125, ""}};
        product.available = false;
        ATTUNE_TRY(stores.products().put({&product, 1}));
        ATTUNE_TRY(stores.transactions().put({&transaction, 1}));
        ATTUNE_TRY(stores.posts().put({&post, 1}));
        ATTUNE_TRY(stores.households().put({&relation, 1}));
        ATTUNE_TRY(stores.consents().put({&consent, 1}));
        return {};
    }));
    for (const char* ending : {".jsonl", ".csv.gz", ".xlsx"}) {
        std::vector<ImportFile> files;
        for (const RecordKind kind : kRecordKinds) {
            const fs::path file = folder_.path() / (std::string(record_kind_name(kind)) + ending);
            const auto written = export_records(*source, kind, file, progress_);
            ASSERT_TRUE(written) << written.error().message;
            files.push_back({file, native_mapping(kind)});
        }
        const auto target = open(std::string("b") + ending + ".db");
        const auto first = import_files(*target, files, {}, progress_);
        ASSERT_TRUE(first) << ending << ": " << first.error().message;
        EXPECT_EQ(stored(*first, RecordKind::kEvent).added, 360U);
        EXPECT_EQ(stored(*first, RecordKind::kPost).added, 1U);
        const auto revision = target->revision().value();
        const auto second = import_files(*target, files, {}, progress_);
        ASSERT_TRUE(second);
        for (const PutCounts& counts : second->stored) {
            EXPECT_EQ(counts.added + counts.changed, 0U);
        }
        EXPECT_EQ(target->revision().value(), revision);
        for (const RecordKind kind : kRecordKinds) {
            EXPECT_EQ(exported(*target, kind), exported(*source, kind)) << record_kind_name(kind);
        }
    }
    const std::string customers = exported(*source, RecordKind::kCustomer);
    EXPECT_NE(customers.find("\"interests\":[\"a;b\",\"c\"],\"attributes\":{\"flag\":true,"),
              std::string::npos)
        << customers;
}

TEST_F(Importing, AFailingLastFileLeavesNothingOfTheFirst) {
    const auto database = open("c.db");
    const std::vector<ImportFile> files{
        {write("c.jsonl", "{\"id\":\"c1\"}\n"), native_mapping(RecordKind::kCustomer)},
        {write("e.jsonl",
               "{\"id\":\"e1\",\"customer_id\":\"c1\",\"product_id\":\"none\","
               "\"type\":\"view\",\"time\":\"2020-01-01\"}\n"),
         native_mapping(RecordKind::kEvent)}};
    const auto outcome = import_files(*database, files, {}, progress_);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kNotFound);
    EXPECT_NE(outcome.error().message.find("none"), std::string::npos);
    EXPECT_TRUE(database->read([](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const std::size_t customers, stores.customers().count());
        EXPECT_EQ(customers, 0U);
        return {};
    }));
    EXPECT_EQ(count_events(*database), 0U);
}

TEST_F(Importing, RecordsOfAnUnknownCustomerOrProductAreBadRows) {
    const auto database = open("u.db");
    const std::string time = "\"time\":\"2020-01-01\"}\n";
    const std::vector<ImportFile> files{
        {write("c.jsonl", "{\"id\":\"c1\"}\n"), native_mapping(RecordKind::kCustomer)},
        {write("p.jsonl", "{\"id\":\"p1\",\"name\":\"P\"}\n"),
         native_mapping(RecordKind::kProduct)},
        {write("e.csv",
               "id,customer_id,product_id,type,time\n"
               "e1,c1,p1,view,2020-01-01\ne2,c2,p1,view,2020-01-01\ne3,c1,p2,view,2020-01-01\n"),
         native_mapping(RecordKind::kEvent)},
        {write("t.jsonl",
               "{\"id\":\"t\",\"customer_id\":\"c2\",\"amount\":{\"amount\":\"1\","
               "\"currency\":\"EUR\"}," +
                   time),
         native_mapping(RecordKind::kTransaction)},
        {write("x.jsonl", "{\"id\":\"x\",\"customer_id\":\"c2\",\"text\":\"hi\"," + time),
         native_mapping(RecordKind::kPost)},
        {write("h.jsonl",
               "{\"customer_id\":\"c1\",\"related_id\":\"c2\",\"relation\":\"spouse\"}\n"),
         native_mapping(RecordKind::kHousehold)}};
    const auto stopped = import_files(*database, files, {}, progress_);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kNotFound);
    EXPECT_NE(stopped.error().message.find("e.csv, row 3, column 'customer_id', value 'c2'"),
              std::string::npos)
        << stopped.error().message;
    ImportOptions skip;
    skip.on_error = OnError::kSkip;
    const auto outcome = import_files(*database, files, skip, progress_);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->reports[2].bad_rows.count(IssueReason::kUnknownCustomer), 1U);
    EXPECT_EQ(outcome->reports[2].bad_rows.count(IssueReason::kUnknownProduct), 1U);
    for (std::size_t i = 3; i < files.size(); ++i) {
        EXPECT_EQ(outcome->reports[i].bad_rows.count(IssueReason::kUnknownCustomer), 1U) << i;
    }
    EXPECT_EQ(count_events(*database), 1U);
}

TEST_F(Importing, ASecondFileAddsToWhatIsStored) {
    const auto database = open("m.db");
    const auto import_one = [&](const std::string& name, const std::string& text) {
        const auto outcome = import_files(
            *database, {{write(name, text), native_mapping(RecordKind::kCustomer)}}, {}, progress_);
        EXPECT_TRUE(outcome) << outcome.error().message;
        return outcome ? stored(*outcome, RecordKind::kCustomer) : PutCounts{};
    };
    EXPECT_EQ(import_one("a.csv", "id,name,age\nc1,Ann,30\n"), (PutCounts{1, 0, 0}));
    const std::string second = "id,location\nc1,Graz\nc2,Linz\n";
    EXPECT_EQ(import_one("b.csv", second), (PutCounts{1, 1, 0}));
    EXPECT_EQ(import_one("b.csv", second), (PutCounts{0, 0, 2}));
    // Rows of one file are laid over one another too, before they are written.
    EXPECT_EQ(import_one("d.csv", "id,location,gender\nc3,Wels,\nc3,,female\n"),
              (PutCounts{1, 1, 0}));
    const std::string customers = exported(*database, RecordKind::kCustomer);
    EXPECT_NE(customers.find(R"("name":"Ann","location":"Graz","age":30)"), std::string::npos)
        << customers;
    EXPECT_NE(customers.find(R"("location":"Wels","gender":"female")"), std::string::npos);
}

TEST_F(Importing, BadRowsStopOrAreSkippedAndListed) {
    const auto database = open("d.db");
    const std::vector<ImportFile> files{
        {write("c.jsonl",
               "{\"id\":\"c1\"}\n{\"id\":\"c2\",\"age\":-3}\nnot json\n{\"id\":\"c3\"}\n"),
         native_mapping(RecordKind::kCustomer)}};
    EXPECT_FALSE(import_files(*database, files, {}, progress_));
    ImportOptions skip;
    skip.on_error = OnError::kSkip;
    const auto outcome = import_files(*database, files, skip, progress_);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->reports[0].rows_bad, 2U);
    EXPECT_EQ(outcome->reports[0].bad_rows.listed.size(), 2U);
    EXPECT_EQ(stored(*outcome, RecordKind::kCustomer).added, 2U);
}

TEST_F(Importing, ExportsNameWhatTheyCannotWrite) {
    const auto database = open("f.db");
    EXPECT_EQ(export_records(*database, RecordKind::kEvent, folder_.path() / "x.pdf", progress_)
                  .error()
                  .code,
              ErrorCode::kInvalidArgument);
    EXPECT_FALSE(fs::exists(folder_.path() / "x.pdf"));
}

}  // namespace
}  // namespace attune
