#include "core/config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace attune {
namespace {

std::vector<Setting> schema() {
    return {{"import.max_columns", std::int64_t{256}, "Columns a row may have.", 1, 10'000},
            {"import.strict", false, "Stop at the first bad row."},
            {"blend.weight", 0.5, "Weight.", 0, 1},
            {"storage.database", std::string("sqlite:attune.db"), "Where the data is kept."}};
}

std::optional<std::string> empty_environment(const std::string&) {
    return std::nullopt;
}

class ConfigFile : public testing::Test {
 protected:
    std::filesystem::path write(const std::string& text) {
        std::ofstream(path_) << text;
        return path_;
    }
    Result<Config> load(const std::string& text) {
        return Config::load(schema(), write(text), empty_environment, {});
    }
    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "attune.toml";
};

TEST_F(ConfigFile, LaterSourcesWin) {
    const auto environment = [](const std::string& name) -> std::optional<std::string> {
        if (name == "ATTUNE_IMPORT_MAX_COLUMNS") return "300";
        if (name == "ATTUNE_BLEND_WEIGHT") return "0.25";
        return std::nullopt;
    };
    const auto config =
        Config::load(schema(), write("[import]\nmax_columns = 20\nstrict = true\n"), environment,
                     {"blend.weight=1", "storage.database=sqlite:x=y.db"});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->integer("import.max_columns"), 300);
    EXPECT_TRUE(config->boolean("import.strict"));
    EXPECT_EQ(config->number("blend.weight"), 1.0);
    EXPECT_EQ(config->text("storage.database"), "sqlite:x=y.db");
    EXPECT_TRUE(config->is_set("blend.weight"));
}

TEST_F(ConfigFile, DefaultsHoldWithoutAnySource) {
    const auto config = Config::load(schema(), "", empty_environment, {});
    ASSERT_TRUE(config);
    EXPECT_EQ(config->integer("import.max_columns"), 256);
    EXPECT_FALSE(config->is_set("import.max_columns"));
}

TEST_F(ConfigFile, WithOtherValuesItStaysAsItWas) {
    const Config config = load("[import]\nmax_columns = 20\n").value();
    const Config changed =
        config.with({{"import.strict", "true"}, {"blend.weight", "0.75"}}).value();
    EXPECT_TRUE(changed.boolean("import.strict"));
    EXPECT_EQ(changed.number("blend.weight"), 0.75);
    EXPECT_EQ(changed.integer("import.max_columns"), 20);
    EXPECT_FALSE(config.boolean("import.strict"));
    EXPECT_FALSE(config.with({{"blend.weight", "2"}}));
    EXPECT_FALSE(config.with({{"blend.wieght", "1"}}));
}

TEST_F(ConfigFile, AWholeNumberDoesForANumber) {
    EXPECT_EQ(load("[blend]\nweight = 1\n")->number("blend.weight"), 1.0);
}

TEST_F(ConfigFile, RefusalsNameTheKeyAndThePlace) {
    const auto message = [&](const std::string& text) {
        const auto config = load(text);
        EXPECT_FALSE(config) << text;
        return config ? std::string() : config.error().message;
    };
    EXPECT_NE(message("[import]\nmax_colums = 3\n").find("line 2"), std::string::npos);
    EXPECT_NE(message("[import]\nmax_colums = 3\n").find("import.max_colums"), std::string::npos);
    EXPECT_NE(message("[import]\nmax_columns = 0\n").find("between 1 and 10000"),
              std::string::npos);
    EXPECT_NE(message("[import]\nmax_columns = \"x\"\n").find("whole number"), std::string::npos);
    EXPECT_NE(message("[import]\nmax_columns = 1.5\n").find("whole number"), std::string::npos);
    EXPECT_NE(message("[import]\nstrict = 1\n").find("true or false"), std::string::npos);
    EXPECT_NE(message("[blend]\nweight = nan\n").find("between 0 and 1"), std::string::npos);
    EXPECT_NE(message("max_columns = 3\n").find("outside a section"), std::string::npos);
    EXPECT_NE(message("[import]\nmax_columns = [1]\n").find("type"), std::string::npos);
    EXPECT_NE(message("[import\n").find("not valid TOML"), std::string::npos);
}

TEST_F(ConfigFile, RefusesBadOverridesAndMissingFiles) {
    const auto with = [&](const std::string& entry) {
        return Config::load(schema(), "", empty_environment, {entry}).error().code;
    };
    EXPECT_EQ(with("import.max_columns"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(with("import.max_columns=many"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(with("import.strict=maybe"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(with("no.such=1"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(
        Config::load(schema(), folder_.path() / "none.toml", empty_environment, {}).error().code,
        ErrorCode::kNotFound);
}

TEST_F(ConfigFile, WritesEveryKeyAndReadsItBack) {
    const auto defaults = Config::load(schema(), "", empty_environment, {}).value();
    const auto config = load(defaults.to_toml());
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->number("blend.weight"), 0.5);
    for (const Setting& setting : schema()) {
        EXPECT_TRUE(config->is_set(setting.key)) << setting.key;
    }
}

TEST_F(ConfigFile, WritesTheValuesInEffect) {
    const auto changed = Config::load(schema(), "", empty_environment,
                                      {"import.max_columns=300", "storage.database=sqlite:x.db"})
                             .value();
    const auto config = load(changed.to_toml());
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->integer("import.max_columns"), 300);
    EXPECT_EQ(config->text("storage.database"), "sqlite:x.db");
    EXPECT_NE(changed.to_toml().find("Default: 256\nmax_columns = 300\n"), std::string::npos);
}

TEST_F(ConfigFile, SuggestsTheKeyThatWasMeant) {
    const auto typo = Config::load(schema(), "", empty_environment, {"import.max_colums=3"});
    ASSERT_FALSE(typo);
    EXPECT_NE(typo.error().message.find("did you mean import.max_columns?"), std::string::npos);
}

TEST_F(ConfigFile, KeepsALongTextOnItsLine) {
    const std::string names(200, 'n');
    const auto config =
        Config::load({{"a.names", names, "Names."}}, "", empty_environment, {}).value();
    EXPECT_NE(config.to_toml().find("names = \"" + names + "\"\n"), std::string::npos);
}

}  // namespace
}  // namespace attune
