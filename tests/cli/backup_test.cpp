#include "cli/program.hpp"

namespace attune {
namespace {

TEST_F(Program, BacksUpAndRestores) {
    import_shop();
    const Outcome copied = run("backup copy.db --database sqlite:s.db --json");
    ASSERT_EQ(copied.status, 0) << copied.err;
    EXPECT_EQ(copied.last()["customers"], 40);
    EXPECT_EQ(copied.last()["events"], 320);
    EXPECT_EQ(run("backup copy.db --database sqlite:s.db").status, 4) << "it is there already";
    EXPECT_EQ(run("backup other.db --database sqlite:none.db").status, 3);

    const Outcome restored = run("restore copy.db --database sqlite:new.db");
    ASSERT_EQ(restored.status, 0) << restored.err;
    EXPECT_NE(restored.out.find("40 customers"), std::string::npos);
    EXPECT_EQ(run("export --database sqlite:new.db --records customer c.jsonl").status, 0);
    EXPECT_EQ(run("restore copy.db --database sqlite:new.db").status, 0);
    EXPECT_TRUE(fs::exists(folder_ / "new.db.replaced"));
    EXPECT_EQ(run("restore copy.db --database sqlite:new.db").status, 4);
    const Outcome dropped = run("restore copy.db --database sqlite:new.db --drop-replaced --json");
    EXPECT_EQ(dropped.status, 0) << dropped.err;
    EXPECT_EQ(dropped.last()["service_restarted"], false);
    EXPECT_FALSE(fs::exists(folder_ / "new.db.restored"));
    write("text", "no database");
    EXPECT_EQ(run("restore text --database sqlite:new.db").status, 5);
    EXPECT_EQ(run("restore none --database sqlite:new.db").status, 3);
}

}  // namespace
}  // namespace attune
