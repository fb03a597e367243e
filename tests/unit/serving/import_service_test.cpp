#include "serving/import_service.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <future>

#include "serving/export_service.hpp"
#include "support/failing_database.hpp"
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

    /// The files that lie in a folder of their own, where temporary ones go.
    fs::path spool_folder() {
        const fs::path folder = folder_.path() / "spool";
        fs::create_directories(folder);
        return folder;
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
        const auto first = import_files(*target, files, {}, folder_.path(), progress_);
        ASSERT_TRUE(first) << ending << ": " << first.error().message;
        EXPECT_EQ(stored(*first, RecordKind::kEvent).added, 360U);
        EXPECT_EQ(stored(*first, RecordKind::kPost).added, 1U);
        const auto revision = target->revision().value();
        const auto second = import_files(*target, files, {}, folder_.path(), progress_);
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
    const auto outcome = import_files(*database, files, {}, folder_.path(), progress_);
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
    const auto stopped = import_files(*database, files, {}, folder_.path(), progress_);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kNotFound);
    EXPECT_NE(stopped.error().message.find("e.csv, row 3, column 'customer_id', value 'c2'"),
              std::string::npos)
        << stopped.error().message;
    ImportOptions skip;
    skip.on_error = OnError::kSkip;
    const auto outcome = import_files(*database, files, skip, folder_.path(), progress_);
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
        const auto outcome =
            import_files(*database, {{write(name, text), native_mapping(RecordKind::kCustomer)}},
                         {}, folder_.path(), progress_);
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

/// Does something while the files are read, and counts the writes that are asked for meanwhile.
class Meanwhile final : public Progress {
 public:
    explicit Meanwhile(std::function<void()> what) : what_(std::move(what)) {}

    void begin(std::string_view stage, std::uint64_t) override {
        if (stage.starts_with("Importing") && what_) std::exchange(what_, nullptr)();
        stages_.emplace_back(stage);
    }
    void advance(std::uint64_t) override {}
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return cancelled_at_ == stages_.size(); }

    std::vector<std::string> stages_;
    std::size_t cancelled_at_ = 0;  ///< number of the stage that is to be stopped

 private:
    std::function<void()> what_;
};

TEST_F(Importing, OthersWriteWhileFilesAreRead) {
    const auto database = open("w.db");
    const fs::path file = write("c.csv", "id,name\nc1,Ann\n");
    std::future<Status> other;
    Meanwhile meanwhile([&] {
        // On a thread of its own: a write within a write would be refused and not wait.
        other = std::async(std::launch::async, [&] {
            return database->write(
                [](Stores& stores) { return stores.secrets().put("written", "meanwhile"); });
        });
        EXPECT_EQ(other.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    });
    const auto outcome = import_files(*database, {{file, native_mapping(RecordKind::kCustomer)}},
                                      {}, spool_folder(), meanwhile);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(other.get());
    EXPECT_EQ(stored(*outcome, RecordKind::kCustomer).added, 1U);
    EXPECT_EQ(meanwhile.stages_,
              (std::vector<std::string>{"Importing c.csv", "Storing what was read"}));
}

TEST_F(Importing, NothingIsWrittenForAFileThatCannotBeReadToItsEnd) {
    const auto real = open("n.db");
    FailingDatabase database(*real);
    database.set(FailingDatabase::Fails::kBeforeWork);  // a write would fail in other words
    const auto outcome = import_files(
        database,
        {{write("c.jsonl", "{\"id\":\"c1\"}\nnot json\n"), native_mapping(RecordKind::kCustomer)}},
        {}, spool_folder(), progress_);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Importing, LeavesNoTemporaryFile) {
    const auto real = open("t.db");
    FailingDatabase database(*real);
    const fs::path file = write("c.csv", "id,name\nc1,Ann\n");
    const std::vector<ImportFile> files{{file, native_mapping(RecordKind::kCustomer)}};
    Meanwhile meanwhile([&] { EXPECT_TRUE(fs::is_empty(spool_folder())); });
    EXPECT_TRUE(import_files(database, files, {}, spool_folder(), meanwhile));
    database.set(FailingDatabase::Fails::kAtCommit);
    EXPECT_FALSE(import_files(database, files, {}, spool_folder(), progress_));
    EXPECT_TRUE(fs::is_empty(spool_folder()));
    const auto nowhere = import_files(database, files, {}, folder_.path() / "none", progress_);
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::kNotFound);
}

TEST_F(Importing, CanBeStoppedWhileItIsStored) {
    const auto database = open("s.db");
    Meanwhile stops(nullptr);
    stops.cancelled_at_ = 2;
    const auto outcome = import_files(
        *database, {{write("c.csv", "id,name\nc1,Ann\n"), native_mapping(RecordKind::kCustomer)}},
        {}, spool_folder(), stops);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(exported(*database, RecordKind::kCustomer), "");
}

/// What others change of a customer while the file is read that changes the customer too.
class ImportingBesideOthers : public Importing {
 protected:
    void SetUp() override {
        database_ = open("o.db");
        put(customer_of("c1", "Ann", "Graz", 30));
    }
    static Customer customer_of(std::string id, std::string name, std::string location = "",
                                std::optional<int> age = {}) {
        Customer customer;
        customer.id = std::move(id);
        customer.name = std::move(name);
        customer.location = std::move(location);
        customer.age = age;
        return customer;
    }
    void put(const Customer& customer) {
        EXPECT_TRUE(database_->write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().put({&customer, 1}));
            return {};
        }));
    }
    Customer customer(const std::string& id) {
        Customer found;
        EXPECT_TRUE(database_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(found, stores.customers().get(id));
            return {};
        }));
        return found;
    }
    /// Imports a file whose last row is read after `meanwhile` was done.
    Result<ImportOutcome> import_with(const std::string& text, std::function<void()> meanwhile) {
        DoneAtWrite database(*database_, std::move(meanwhile));
        return import_files(database,
                            {{write("c.csv", text), native_mapping(RecordKind::kCustomer)}}, {},
                            spool_folder(), progress_);
    }

    /// Does something when everything was read and nothing is stored.
    class DoneAtWrite final : public Database {
     public:
        DoneAtWrite(Database& real, std::function<void()> what)
            : real_(real), what_(std::move(what)) {}
        Status read(const std::function<Status(Stores&)>& work) override {
            return real_.read(work);
        }
        Status write(const std::function<Status(Stores&)>& work) override {
            what_();
            return real_.write(work);
        }
        Result<std::uint64_t> revision() override { return real_.revision(); }
        Status backup(const fs::path& path, Progress& progress) override {
            return real_.backup(path, progress);
        }

     private:
        Database& real_;
        std::function<void()> what_;
    };

    std::unique_ptr<Database> database_;
};

TEST_F(ImportingBesideOthers, WhatTheyChangedStaysButForWhatTheFileChangesToo) {
    const auto outcome = import_with("id,name,age\nc1,Anna,30\nc2,Ben,40\n", [&] {
        put(customer_of("c1", "Ann B", "Linz", 31));
        put(customer_of("c2", "", "Wels"));
    });
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(customer("c1").name, "Anna");
    EXPECT_EQ(customer("c1").location, "Linz");
    EXPECT_EQ(customer("c1").age, 31);
    EXPECT_EQ(customer("c2").name, "Ben");
    EXPECT_EQ(customer("c2").location, "Wels");
    EXPECT_EQ(stored(*outcome, RecordKind::kCustomer), (PutCounts{0, 2, 0}));
}

TEST_F(ImportingBesideOthers, WhatTheFileLeavesAsItWasIsTheirs) {
    const auto outcome = import_with("id,name\nc1,Ann\n", [&] { put(customer_of("c1", "X")); });
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(customer("c1").name, "X");
    EXPECT_EQ(stored(*outcome, RecordKind::kCustomer), (PutCounts{0, 0, 1}));
}

TEST_F(ImportingBesideOthers, WhoWasRemovedDoesNotComeBackWithWhatTheFileDoesNotSay) {
    const auto remove = [&] {
        EXPECT_TRUE(
            database_->write([](Stores& stores) { return stores.customers().remove("c1"); }));
    };
    for (const std::string name : {"Anna", "Ann"}) {
        const auto outcome = import_with("id,name\nc2,Ben\nc1," + name + "\n", remove);
        ASSERT_FALSE(outcome) << name;
        EXPECT_EQ(outcome.error().code, ErrorCode::kConflict);
        EXPECT_NE(outcome.error().message.find("customer 'c1' was removed"), std::string::npos);
        EXPECT_TRUE(exported(*database_, RecordKind::kCustomer).empty());
        put(customer_of("c1", "Ann"));
    }
}

TEST_F(ImportingBesideOthers, WhatDoesNotGoTogetherIsAConflict) {
    const auto outcome = import_with("id,age\nc1,33\n", [&] {
        Customer organisation = customer_of("c1", "Ann Ltd");
        organisation.kind = CustomerKind::kOrganisation;
        put(organisation);
    });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kConflict);
    EXPECT_NE(outcome.error().message.find("customer 'c1' was changed"), std::string::npos);
}

TEST_F(Importing, BadRowsStopOrAreSkippedAndListed) {
    const auto database = open("d.db");
    const std::vector<ImportFile> files{
        {write("c.jsonl",
               "{\"id\":\"c1\"}\n{\"id\":\"c2\",\"age\":-3}\nnot json\n{\"id\":\"c3\"}\n"),
         native_mapping(RecordKind::kCustomer)}};
    EXPECT_FALSE(import_files(*database, files, {}, folder_.path(), progress_));
    ImportOptions skip;
    skip.on_error = OnError::kSkip;
    const auto outcome = import_files(*database, files, skip, folder_.path(), progress_);
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
