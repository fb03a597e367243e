#include "cli/home.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

class Home : public testing::Test {
 protected:
    fs::path make_home(const std::string& name) {
        fs::create_directories(folder_.path() / name / "config" / "mappings");
        return folder_.path() / name;
    }

    TemporaryFolder folder_;
    HomePlaces places_{"", folder_.path() / "usr" / "bin", folder_.path() / "work" / "here"};
};

TEST_F(Home, TheWorkingDirectoryDoesNotWinOverTheInstalledFolder) {
    const fs::path work = make_home("work");
    EXPECT_EQ(find_home(places_).value(), work);
    const fs::path installed = make_home("usr/share/attune");
    EXPECT_EQ(find_home(places_).value(), installed);
}

TEST_F(Home, NorOverTheFolderItWasBuiltIn) {
    make_home("work");
    const fs::path built = make_home("usr");
    EXPECT_EQ(find_home(places_).value(), built);
}

TEST_F(Home, WhatIsSetWinsOrIsRefused) {
    make_home("usr/share/attune");
    const fs::path set = make_home("set");
    places_.set = set.string();
    EXPECT_EQ(find_home(places_).value(), set);
    places_.set = (folder_.path() / "none").string();
    EXPECT_EQ(find_home(places_).error().code, ErrorCode::kNotFound);
}

TEST_F(Home, NamesThePlacesItLookedAt) {
    const auto missing = find_home(places_);
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("usr/share/attune"), std::string::npos);
    EXPECT_NE(missing.error().message.find("ATTUNE_HOME"), std::string::npos);
}

}  // namespace
}  // namespace attune
