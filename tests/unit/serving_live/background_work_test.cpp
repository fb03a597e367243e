#include "serving/background_work.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "domain/consent.hpp"
#include "support/failing_database.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class CancelledProgress final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return true; }
};

fs::path write_line(LiveBank& bank, const std::string& name, const json& record) {
    const fs::path file = bank.folder() / name;
    std::ofstream(file) << record.dump() << "\n";
    return file;
}

json refusal_of(const std::string& customer_id) {
    return {{"customer_id", customer_id},
            {"purpose", "personalization"},
            {"granted", false},
            {"time", format_timestamp(Timestamp{kLiveNowMs - 1'000})}};
}

bool has_refused(LiveService& service, const std::string& customer_id) {
    return personalization_refused(service.states().find(customer_id)->decided(),
                                   Timestamp{kLiveNowMs});
}

/// Stores a refusal, as an import of very many customers that has committed.
ImportOutcome import_refusal(LiveBank& bank, const std::string& customer_id) {
    const fs::path file = write_line(bank, "consents.jsonl", refusal_of(customer_id));
    NullProgress progress;
    auto outcome = import_files(bank.database(), {{file, native_mapping(RecordKind::kConsent)}}, {},
                                bank.folder(), progress);
    EXPECT_TRUE(outcome) << outcome.error().message;
    outcome->touched_customers.reset();
    return std::move(*outcome);
}

TEST(ImportWork, WhatIsStoredComesIntoForceThoughItIsCancelledThen) {
    LiveBank bank(LiveBank::Model::kNone);
    const ImportOutcome outcome = import_refusal(bank, "c001");
    ASSERT_FALSE(has_refused(bank.service(), "c001"));
    CancelledProgress progress;
    EXPECT_TRUE(bank->refresh_after_import(outcome, progress).empty());
    EXPECT_TRUE(has_refused(bank.service(), "c001"));
}

TEST(ImportWork, IsDoneThoughTheModelsCannotTakeTheProductsIn) {
    LiveBank bank;
    const fs::path place = bank.models_folder() / bank->models().current()->snapshot().version;
    fs::rename(place, bank.folder() / "aside");
    const json product{{"id", "fresh"}, {"name", "Fresh"}, {"category", "TERM_DEPOSITS"}};
    const json products{{"path", write_line(bank, "p.jsonl", product).string()},
                        {"mapping", "native-product"}};
    const json consents{{"path", write_line(bank, "c.jsonl", refusal_of("c001")).string()},
                        {"mapping", "native-consent"}};
    const json parameters{{"files", json::array({products, consents})}};
    NullProgress progress;
    const auto result = import_work(bank.service(), {}, parameters, progress);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->at("counts").at("product").at("added"), 1);
    const auto message = result->at("message").get<std::string>();
    EXPECT_TRUE(message.starts_with("Successfully imported 1 users; ")) << message;
    EXPECT_NE(message.find("not in the models yet"), std::string::npos) << message;
    EXPECT_TRUE(has_refused(bank.service(), "c001"));
    ASSERT_EQ(bank.wait_for_alerts(1).size(), 1U);
    fs::rename(bank.folder() / "aside", place);
    bank->models().wait_for_rebind();
    EXPECT_TRUE(bank->models().current()->catalogue().find("fresh"));
}

TEST(ImportWork, AStoreThatCannotBeReadIsAskedAgain) {
    LiveBank bank(LiveBank::Model::kNone);
    FailingDatabase failing(bank.database());
    NullProgress progress;
    std::vector<std::string> alerts;
    const auto service =
        LiveService::start(failing, bank.clock(),
                           {bank.config(),
                            bank.models_folder(),
                            {},
                            [&](const std::string& text) { alerts.push_back(text); }},
                           progress)
            .value();
    ImportOutcome outcome = import_refusal(bank, "c001");
    failing.fail_reads(1'000);
    EXPECT_EQ(service->refresh_after_import(outcome, progress).size(), 1U);
    ASSERT_EQ(alerts.size(), 1U);
    EXPECT_NE(alerts[0].find("started again"), std::string::npos);
    EXPECT_FALSE(has_refused(*service, "c001"));
    failing.fail_reads(2);
    EXPECT_TRUE(service->refresh_after_import(outcome, progress).empty());
    EXPECT_TRUE(has_refused(*service, "c001"));
    outcome = import_refusal(bank, "c002");
    outcome.touched_customers = std::vector<std::string>{"c002"};
    failing.fail_reads(2);
    EXPECT_TRUE(service->refresh_after_import(outcome, progress).empty());
    EXPECT_TRUE(has_refused(*service, "c002"));
}

TEST(ImportWork, AWrongParameterIsRefusedBeforeAnythingIsStored) {
    LiveBank bank(LiveBank::Model::kNone);
    const fs::path file = write_line(bank, "c.jsonl", {{"id", "new"}});
    const json customers{{"path", file.string()}, {"mapping", "native-customer"}};
    const json parameters{{"files", json::array({customers})}, {"remove_files", "please"}};
    NullProgress progress;
    EXPECT_EQ(import_work(bank.service(), {}, parameters, progress).error().code,
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(bank->states().find("new"), nullptr);
    EXPECT_TRUE(fs::exists(file));
    EXPECT_TRUE(bank.database().read([](Stores& stores) -> Status {
        EXPECT_FALSE(stores.customers().contains("new").value());
        return {};
    }));
}

}  // namespace
}  // namespace attune
