#include "serving/model_snapshot.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/binary_io.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

class Snapshot : public testing::Test {
 protected:
    void SetUp() override {
        database_ = open_database("sqlite:" + (folder_.path() / "s.db").string()).value();
        ASSERT_TRUE(fill_planted_store(*database_, {}));
        const Config config =
            Config::load(settings_schema(), {},
                         [](const std::string&) { return std::optional<std::string>(); },
                         {"training.tune=false", "training.validation_days=40",
                          "propensity.rounds=5", "als.factors=4"})
                .value();
        request_.options = training_options(config).value();
        request_.folder = models_;
        request_.num_kept = 2;
    }

    std::shared_ptr<const ModelSnapshot> train(int day) {
        clock_.set(from_calendar_day(2020, 1, day));
        auto snapshot = train_and_save(*database_, request_, clock_, pool_, progress_);
        EXPECT_TRUE(snapshot) << snapshot.error().message;
        return *snapshot;
    }

    TemporaryFolder folder_;
    fs::path models_ = folder_.path() / "models";
    std::unique_ptr<Database> database_;
    TrainRequest request_;
    FixedClock clock_{Timestamp{0}};
    ThreadPool pool_{2};
    NullProgress progress_;
};

TEST_F(Snapshot, LoadsAsItWasSaved) {
    const auto saved = train(1);
    const auto loaded = load_current_snapshot(models_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(loaded->refused.empty());
    const ModelSnapshot& snapshot = *loaded->snapshot;
    EXPECT_EQ(snapshot.version, saved->version);
    EXPECT_EQ(snapshot.as_of, saved->as_of);
    EXPECT_EQ(snapshot.database_revision, database_->revision().value());
    EXPECT_EQ(snapshot.report, saved->report);
    EXPECT_EQ(snapshot.models.size(), 6U);
    ASSERT_NE(snapshot.blend, nullptr);
    const Customer profile = planted_customer(0);
    const std::vector<Interaction> history{
        {ProductIndex(1), EventType::kPurchase, snapshot.as_of, 1, 0}};
    const CustomerView warm{&profile, history, snapshot.as_of};
    const CustomerView cold{&profile, {}, snapshot.as_of};
    EXPECT_EQ(&snapshot.blend_for(warm), snapshot.blend.get());
    EXPECT_EQ(&snapshot.blend_for(cold), snapshot.cold_blend.get());
    for (const CustomerView& view : {warm, cold}) {
        std::vector<double> before(saved->catalogue->num_products());
        std::vector<double> after(before.size());
        saved->blend_for(view).score(view, before);
        snapshot.blend_for(view).score(view, after);
        EXPECT_EQ(before, after);
    }
}

TEST_F(Snapshot, KeepsTheNewestVersions) {
    train(1);
    const auto second = train(2);
    const auto third = train(3);
    EXPECT_EQ(list_snapshots(models_), (std::vector<std::string>{third->version, second->version}));
}

TEST_F(Snapshot, KeepsAnOlderVersionForAsLongAsSomebodyHasIt) {
    request_.options.models = {"popularity"};
    const std::string first = train(1)->version;
    auto held = load_snapshot(models_, first).value();
    const std::string second = train(2)->version;
    const std::string third = train(3)->version;
    EXPECT_EQ(list_snapshots(models_), (std::vector<std::string>{third, second, first}));
    // Parts of it serve on in what is made of it.
    auto changed = std::make_shared<ModelSnapshot>(*held);
    held.reset();
    const std::string fourth = train(4)->version;
    EXPECT_EQ(list_snapshots(models_), (std::vector<std::string>{fourth, third, first}));
    EXPECT_TRUE(load_snapshot(models_, first));
    changed.reset();
    const std::string fifth = train(5)->version;
    EXPECT_EQ(list_snapshots(models_), (std::vector<std::string>{fifth, fourth}));
}

TEST_F(Snapshot, ADamagedVersionIsRefusedAndTheLastGoodOneServes) {
    const auto good = train(1);
    const auto bad = train(2);
    const fs::path file = models_ / bad->version / "als.bin";
    const auto size = fs::file_size(file);
    {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(size / 2));
        stream.put('\x55');
        stream.put('\x5A');
    }
    EXPECT_EQ(load_snapshot(models_, bad->version).error().code, ErrorCode::kCorrupt);
    const auto loaded = load_current_snapshot(models_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->snapshot->version, good->version);
    ASSERT_EQ(loaded->refused.size(), 1U);
    EXPECT_NE(loaded->refused[0].find("als.bin"), std::string::npos);
}

TEST_F(Snapshot, ANewerFormatIsRefusedByName) {
    const auto snapshot = train(1);
    ASSERT_TRUE(
        write_checked_file(models_ / snapshot->version / "manifest.bin", "snapshot", 99, ""));
    EXPECT_EQ(load_current_snapshot(models_).error().code, ErrorCode::kNewerFormat);
}

TEST_F(Snapshot, MissingPartsAreErrors) {
    EXPECT_EQ(load_current_snapshot(models_).error().code, ErrorCode::kNotFound);
    const auto snapshot = train(1);
    EXPECT_EQ(load_snapshot(models_, "../etc").error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(load_snapshot(models_, "20200101T000000Z-00000000").error().code,
              ErrorCode::kNotFound);
    fs::remove(models_ / snapshot->version / "cohort.bin");
    EXPECT_FALSE(load_current_snapshot(models_));
    fs::remove(models_ / snapshot->version / "catalogue.bin");
    EXPECT_FALSE(load_current_snapshot(models_));
}

TEST_F(Snapshot, GoingBackToAnOlderVersionHolds) {
    const auto first = train(1);
    train(2);
    ASSERT_TRUE(write_checked_file(models_ / "current", "current", 1, first->version));
    EXPECT_EQ(load_current_snapshot(models_)->snapshot->version, first->version);
}

TEST_F(Snapshot, WhatAKilledTrainingLeftIsRemovedByTheNext) {
    const fs::path leftover = models_ / "20190101T000000Z-deadbeef.tmp";
    fs::create_directories(leftover);
    std::ofstream(leftover / "als.bin") << "half";
    std::ofstream(models_ / "notes.tmp.txt") << "somebody else's";
    const auto snapshot = train(1);
    EXPECT_FALSE(fs::exists(leftover));
    EXPECT_TRUE(fs::exists(models_ / "notes.tmp.txt"));
    EXPECT_EQ(list_snapshots(models_), std::vector<std::string>{snapshot->version});
}

TEST_F(Snapshot, AFolderThatCannotBeMadeIsRefused) {
    std::ofstream(folder_.path() / "file") << "x";
    request_.folder = folder_.path() / "file" / "models";
    clock_.set(from_calendar_day(2020, 1, 1));
    EXPECT_EQ(train_and_save(*database_, request_, clock_, pool_, progress_).error().code,
              ErrorCode::kNotFound);
}

}  // namespace
}  // namespace attune
