#include "serving/model_holder.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "support/live_bank.hpp"

namespace attune {
namespace {

using nlohmann::json;

std::string serving(LiveBank& bank) {
    return bank->models().current()->snapshot().version;
}

/// Spoils a byte in the middle of a file.
void damage(const std::filesystem::path& file) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(file) / 2);
    stream.seekg(middle);
    const char byte = static_cast<char>(stream.get() ^ 0x5A);
    stream.seekp(middle);
    stream.put(byte);
}

TEST(ModelHolder, ActivatesRollsBackAndKeepsTheChoiceOverARestart) {
    LiveBank bank;
    const std::string first = serving(bank);
    const std::string second = bank.train();
    EXPECT_EQ(serving(bank), first);  // a training beside it changes nothing yet
    ASSERT_TRUE(bank->models().activate(second));
    EXPECT_EQ(serving(bank), second);
    ASSERT_TRUE(bank->models().activate(first));
    EXPECT_EQ(serving(bank), first);
    bank.open();
    EXPECT_EQ(serving(bank), first);

    const std::vector<ModelVersion> versions = bank->models().list();
    ASSERT_EQ(versions.size(), 2U);
    EXPECT_EQ(versions[0].version, second);
    EXPECT_FALSE(versions[0].active);
    EXPECT_TRUE(versions[1].active);
    EXPECT_GT(versions[1].size_bytes, 1'000U);
    EXPECT_EQ(versions[1].models.size(), 3U);
    EXPECT_FALSE(versions[1].cold_blend.empty());
    EXPECT_TRUE(versions[1].report.contains("models"));
    EXPECT_EQ(bank->models().get(second)->version, second);
    EXPECT_EQ(bank->models().get("20000101T000000Z-00000000").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(bank->models().remove(first).error().code, ErrorCode::kConflict);
    ASSERT_TRUE(bank->models().remove(second));
    EXPECT_EQ(bank->models().list().size(), 1U);
    EXPECT_EQ(bank->models().activate(second).error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(bank->models().activate("../../etc"));
    EXPECT_FALSE(bank->models().remove(".."));
}

TEST(ModelHolder, ADamagedVersionIsRefusedAndTheLastGoodOneServes) {
    LiveBank bank;
    const std::string first = serving(bank);
    const std::string second = bank.train();
    damage(bank.models_folder() / second / "item_knn.bin");
    EXPECT_EQ(bank->models().activate(second).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(serving(bank), first);
    EXPECT_FALSE(bank.ask("c001").body->items.empty());
    bank.open();  // the damaged one is the current one on the disk
    EXPECT_EQ(serving(bank), first);
    ASSERT_FALSE(bank.alerts().empty());
    EXPECT_NE(bank.alerts()[0].find("item_knn.bin"), std::string::npos);
    damage(bank.models_folder() / second / "manifest.bin");
    EXPECT_FALSE(bank->models().get(second)->damage.empty());
    damage(bank.models_folder() / first / "manifest.bin");
    bank.open();
    EXPECT_EQ(bank->models().current(), nullptr);
    EXPECT_EQ(bank->recommender().recommend({"c001", 0, "personalization", {}, {}}).error().code,
              ErrorCode::kUnavailable);
}

TEST(ModelHolder, AProductIsSwitchedOffAtOnceAndANewOneIsRankedSoon) {
    LiveBank bank(LiveBank::Model::kTrained,
                  {"ranking.items=30", "ranking.exclude_held=false", "ranking.category_cap=0"});
    const auto shows = [&](const std::string& id) {
        const auto& items = bank.ask("c000").body->items;
        return std::any_of(items.begin(), items.end(),
                           [&](const ListedItem& item) { return item.product_id == id; });
    };
    ASSERT_TRUE(shows("p02"));
    ASSERT_TRUE(bank->products().patch("p02", json{{"available", false}}, {}));
    EXPECT_FALSE(shows("p02"));
    bank->models().wait_for_rebind();
    EXPECT_FALSE(shows("p02"));
    ASSERT_TRUE(bank->products().patch("p02", json{{"available", true}}, {}));
    EXPECT_TRUE(shows("p02"));

    Product fresh = planted_product(3, 16);
    fresh.id = "fresh";
    ASSERT_TRUE(bank->products().create(fresh));
    EXPECT_TRUE(bank->models().catalogue()->find("fresh"));
    bank->models().wait_for_rebind();
    EXPECT_TRUE(shows("fresh"));
    ASSERT_TRUE(bank->products().remove("fresh", {}));
    EXPECT_FALSE(shows("fresh"));
    bank->models().wait_for_rebind();
    EXPECT_FALSE(shows("fresh"));
    EXPECT_EQ(bank->models().current()->catalogue().num_products(), 16U);
    EXPECT_EQ(bank->products().remove("p02", {}).error().code, ErrorCode::kConflict);
    EXPECT_EQ(bank->products().create(planted_product(2, 16)).error().code, ErrorCode::kConflict);
}

TEST(ModelHolder, OfTwoChangesOfAProductTheLaterWriteHolds) {
    LiveBank bank;
    ModelHolder& models = bank->models();
    const auto named = [](const std::string& name) {
        Product product = planted_product(2, 16);
        product.name = name;
        return product;
    };
    const auto name_in = [](const Catalogue& catalogue) {
        const auto index = catalogue.find("p02");
        return index ? catalogue.product(*index).name : "";
    };
    const std::uint64_t first = models.next_sequence();
    const std::uint64_t second = models.next_sequence();
    const std::uint64_t third = models.next_sequence();
    // Soon all is read anew from the store, where it is none of these.
    ASSERT_TRUE(models.change_product({"p02", second, named("second")}));
    ASSERT_TRUE(models.change_product({"p02", first, named("first")}));
    EXPECT_NE(name_in(*models.catalogue()), "first");
    EXPECT_NE(name_in(models.current()->catalogue()), "first");
    ASSERT_TRUE(models.change_product({"p02", third, std::nullopt}));
    ASSERT_TRUE(models.change_product({"p02", second, named("second")}));
    EXPECT_NE(name_in(*models.catalogue()), "second");
}

TEST(ModelHolder, ChangedProductsThatCannotBeReadAreTriedAgain) {
    LiveBank bank;
    const auto place = bank.models_folder() / serving(bank);
    const auto aside = bank.folder() / "aside";
    std::filesystem::rename(place, aside);
    Product fresh = planted_product(3, 16);
    fresh.id = "fresh";
    ASSERT_TRUE(bank->products().create(fresh));
    ASSERT_EQ(bank.wait_for_alerts(1).size(), 1U);
    EXPECT_NE(bank.alerts()[0].find("not in the models yet"), std::string::npos);
    EXPECT_FALSE(bank->models().reload_products());
    EXPECT_FALSE(bank->models().current()->catalogue().find("fresh"));
    EXPECT_FALSE(bank.ask("c000").body->items.empty());  // what was before serves on
    std::filesystem::rename(aside, place);
    bank->models().wait_for_rebind();
    EXPECT_TRUE(bank->models().current()->catalogue().find("fresh"));
    ASSERT_EQ(bank.wait_for_alerts(2).size(), 2U);  // none for each try
    EXPECT_NE(bank.alerts()[1].find("in the models now"), std::string::npos);
}

TEST(ModelHolder, AnotherTrainingDoesNotTakeTheServingVersionAway) {
    LiveBank bank;
    const std::string first = serving(bank);
    const std::string second = bank.train(1);
    ASSERT_TRUE(bank->models().reload_products());
    EXPECT_EQ(serving(bank), first);
    ASSERT_TRUE(bank->models().activate(second));
    const std::string third = bank.train(1);
    std::vector<std::string> versions;
    for (const ModelVersion& version : bank->models().list()) versions.push_back(version.version);
    EXPECT_EQ(versions, (std::vector<std::string>{third, second}));
}

TEST(ModelHolder, EventsKeepTheirProductsWhenTheCatalogueShifts) {
    LiveBank bank(LiveBank::Model::kTrained, {"ranking.items=30"});
    const auto held = [&] {
        std::set<std::string> products;
        const auto model = bank->models().current();
        const CustomerInput input =
            bank->recommender().input_of("c001", *model, bank.clock().now()).value();
        for (const Interaction& past : input.history) {
            products.insert(model->catalogue().product(past.product).id);
        }
        return products;
    };
    const std::set<std::string> before = held();
    ASSERT_FALSE(before.empty());
    Product first = planted_product(0, 16);
    first.id = "a-first";  // comes before all others, so that every index shifts
    ASSERT_TRUE(bank->products().create(first));
    bank->models().wait_for_rebind();
    ASSERT_EQ(bank->models().current()->catalogue().product(ProductIndex(std::size_t{0})).id,
              "a-first");
    EXPECT_EQ(held(), before);
}

TEST(ModelHolder, SaysWhetherTheDataHasChanged) {
    LiveBank bank;
    EXPECT_TRUE(bank->models().is_up_to_date());
    (void)bank.ask("c001");
    EXPECT_TRUE(bank->decisions().flush());
    ASSERT_TRUE(bank->models().reload_products());
    EXPECT_TRUE(bank->models().is_up_to_date());  // decisions are no training data
    ASSERT_TRUE(
        bank->events().submit({LiveBank::event("c001", "p01", EventType::kView, kLiveNowMs)}));
    ASSERT_TRUE(bank->models().reload_products());
    EXPECT_FALSE(bank->models().is_up_to_date());
}

}  // namespace
}  // namespace attune
