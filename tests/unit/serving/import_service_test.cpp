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
        const fs::path again = folder_.path() / "again.jsonl";
        ASSERT_TRUE(export_records(*target, RecordKind::kEvent, again, progress_));
        const fs::path original = folder_.path() / "original.jsonl";
        ASSERT_TRUE(export_records(*source, RecordKind::kEvent, original, progress_));
        std::ifstream a(again);
        std::ifstream b(original);
        EXPECT_TRUE(std::equal(std::istreambuf_iterator<char>(a), {},
                               std::istreambuf_iterator<char>(b), {}));
    }
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
