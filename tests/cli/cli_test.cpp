// Drives the real program as a user would.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/result.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Outcome {
    int status = -1;
    std::string out;
    std::string err;

    [[nodiscard]] json last() const {
        const std::size_t end = out.find_last_not_of('\n');
        const std::size_t start = out.rfind('\n', end);
        return json::parse(out.substr(start == std::string::npos ? 0 : start + 1), nullptr, false);
    }
};

std::string slurp(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class Program : public testing::Test {
 protected:
    Outcome run(const std::string& arguments, const std::string& environment = "") {
        const std::string command =
            fmt::format("cd '{}' && {} '{}' {} >out.txt 2>err.txt </dev/null",
                        folder_.path().string(), environment, ATTUNE_PROGRAM, arguments);
        const int status = std::system(command.c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, slurp(folder_.path() / "out.txt"),
                slurp(folder_.path() / "err.txt")};
    }

    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_.path() / name, std::ios::binary) << text;
    }

    /// A small shop: 40 customers in two groups over 80 days.
    void import_shop() {
        std::string rows =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        for (int c = 0; c < 40; ++c) {
            for (int e = 0; e < 8; ++e) {
                const int product = (c + e) % 8 + (c % 2) * 8;
                rows += fmt::format("{},P{:02},{} MUG {},2,2011-{:02}-{:02} 10:00:00,1.5,{},{}\n",
                                    1000 + c * 8 + e, product, c % 2 == 0 ? "RED" : "BLUE", product,
                                    1 + e / 3, 1 + (c + 9 * e) % 27, 100 + c,
                                    c % 2 == 0 ? "France" : "Norway");
            }
        }
        write("shop.csv", rows);
        const Outcome imported =
            run("import --database sqlite:s.db --mapping online-retail shop.csv --json");
        ASSERT_EQ(imported.status, 0) << imported.err;
        EXPECT_EQ(imported.last()["rows_accepted"], 320);
        EXPECT_EQ(imported.last()["customers"], 40);
    }

    static constexpr const char* kQuick =
        " --set training.validation_days=20 --set als.factors=4 --set als.sweeps=2"
        " --set propensity.rounds=3 --set training.tune=false";

    TemporaryFolder folder_;
};

TEST_F(Program, HelpsEverywhere) {
    EXPECT_EQ(run("--help").status, 0);
    EXPECT_NE(run("--version").out.find("attune 0."), std::string::npos);
    for (const char* command : {"import", "export", "train", "recommend", "evaluate", "config"}) {
        const Outcome help = run(std::string(command) + " --help");
        EXPECT_EQ(help.status, 0);
        EXPECT_NE(help.out.find("--json"), std::string::npos) << command;
    }
}

TEST_F(Program, RefusesWrongUseWithStatusTwo) {
    EXPECT_EQ(run("").status, 2);
    EXPECT_EQ(run("fly").status, 2);
    EXPECT_EQ(run("import").status, 2);
    EXPECT_EQ(run("import --pack bank file.csv").status, 2);
    EXPECT_EQ(run("import file.csv").status, 2);
    EXPECT_EQ(run("import --mapping online-retail --on-error maybe file.csv").status, 2);
    EXPECT_EQ(run("recommend").status, 2);
    EXPECT_EQ(run("config --set import.max_columns=0").status, 2);
    EXPECT_EQ(run("config", "ATTUNE_RANKING_ITEMS=many").status, 2);
}

TEST_F(Program, NamesWhatIsNotThere) {
    EXPECT_EQ(run("train --database sqlite:none.db").status, 3);
    EXPECT_EQ(run("config --config none.toml").status, 3);
    EXPECT_EQ(run("import --pack none").status, 3);
    EXPECT_NE(run("import --pack none").err.find("retail"), std::string::npos);
    const Outcome missing = run("import --database sqlite:a.db --mapping none x.csv --json");
    EXPECT_EQ(missing.status, 3);
    EXPECT_EQ(missing.last()["error"]["code"], "not_found");
    EXPECT_NE(missing.err.find("online-retail"), std::string::npos);
    EXPECT_EQ(run("import --database sqlite:a.db --mapping online-retail x.csv").status, 3);
    EXPECT_EQ(run("config", "ATTUNE_HOME=/nowhere").status, 3);
}

TEST_F(Program, PrintsTheConfigurationItReads) {
    const Outcome config = run("config");
    EXPECT_EQ(config.status, 0);
    write("attune.toml", config.out);
    EXPECT_EQ(run("config --config attune.toml").out, config.out);
    write("attune.toml", "[ranking]\nitmes = 3\n");
    const Outcome typo = run("config --config attune.toml");
    EXPECT_EQ(typo.status, 2);
    EXPECT_NE(typo.err.find("line 2"), std::string::npos);
}

TEST_F(Program, DoesTheWholeJob) {
    import_shop();
    const Outcome trained = run(std::string("train --database sqlite:s.db") + kQuick);
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_NE(trained.out.find("weights for customers with a history"), std::string::npos);

    const Outcome answer =
        run("recommend --database sqlite:s.db --customer 100 --n 3 --counterfactual --json");
    ASSERT_EQ(answer.status, 0) << answer.err;
    const json result = answer.last();
    EXPECT_TRUE(result["known"].get<bool>());
    ASSERT_FALSE(result["items"].empty());
    for (const json& item : result["items"]) {
        double sum = 0;
        for (const json& part : item["contributions"]) sum += part["contribution"].get<double>();
        EXPECT_NEAR(sum, item["score"].get<double>(), 1e-6);
        EXPECT_GT(item["text"].get<std::string>().size(), 10U);
        if (item.contains("score_without_evidence")) {
            EXPECT_LT(item["score_without_evidence"].get<double>(), item["score"].get<double>());
        }
    }
    const Outcome people = run("recommend --database sqlite:s.db --customer 100 --customer ghost");
    EXPECT_EQ(people.status, 0);
    EXPECT_NE(people.out.find("  1. "), std::string::npos);
    EXPECT_NE(people.err.find("ghost"), std::string::npos);
    EXPECT_EQ(run("recommend --database sqlite:s.db --customer 100 --category NONE").status, 2);
}

TEST_F(Program, TrainsBeforeTheFirstRecommendationAndSaysSo) {
    import_shop();
    const Outcome answer =
        run(std::string("recommend --database sqlite:s.db --customer 101") + kQuick);
    EXPECT_EQ(answer.status, 0) << answer.err;
    EXPECT_NE(answer.err.find("training one now"), std::string::npos);
    const Outcome quiet =
        run(std::string("recommend --database sqlite:s.db --customer 101 --quiet") + kQuick);
    EXPECT_EQ(quiet.err, "");
}

TEST_F(Program, EvaluatesWithJsonAndAReportForPeople) {
    import_shop();
    const std::string base = std::string("evaluate --database sqlite:s.db --cut 2011-03-10 --k 4") +
                             kQuick + " --resamples 100 ";
    const Outcome machine = run(base + "--new-only --json --report report.html");
    ASSERT_EQ(machine.status, 0) << machine.err;
    const json result = machine.last();
    EXPECT_EQ(result["models"][0]["name"], "random");
    EXPECT_EQ(result["models"][1]["name"], "popularity");
    EXPECT_EQ(result["models"].back()["name"], "blend");
    for (const json& model : result["models"]) EXPECT_LE(model["ndcg"].get<double>(), 1);
    const std::string html = slurp(folder_.path() / "report.html");
    EXPECT_NE(html.find("item_knn"), std::string::npos);
    EXPECT_EQ(html.find("<script src"), std::string::npos);
    const Outcome people = run(base);
    EXPECT_EQ(people.status, 0) << people.err;
    EXPECT_NE(people.out.find("95 % interval"), std::string::npos);
    EXPECT_EQ(run("evaluate --database sqlite:s.db --cut yesterday").status, 2);
    EXPECT_EQ(run("evaluate --database sqlite:s.db --cut 1999-01-01").status, 2);
    EXPECT_EQ(run(base + "--report none/x.html").status, 6);
}

TEST_F(Program, ForeseesWhoHoldsACategory) {
    std::string lines;
    for (int c = 0; c < 200; ++c) {
        lines += fmt::format("{{\"id\":\"c{}\",\"age\":{}{}}}\n", c, 20 + c % 60,
                             c % 60 > 30 ? ",\"held_categories\":[\"TERM_DEPOSITS\"]" : "");
    }
    write("c.jsonl", lines);
    write("p.jsonl", "{\"id\":\"p\",\"name\":\"Saver\",\"category\":\"TERM_DEPOSITS\"}\n");
    ASSERT_EQ(run("import --database sqlite:b.db --mapping native-customer c.jsonl").status, 0);
    ASSERT_EQ(run("import --database sqlite:b.db --mapping native-product p.jsonl").status, 0);
    const Outcome result =
        run("evaluate --database sqlite:b.db --propensity TERM_DEPOSITS --folds 3"
            " --resamples 100 --json --report b.html");
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_GT(result.last()["auc"].get<double>(), 0.95);
    EXPECT_EQ(run("evaluate --database sqlite:b.db").status, 2);
    EXPECT_EQ(run("evaluate --database sqlite:b.db --propensity YACHTS").status, 2);
}

TEST_F(Program, ListsBadRowsAndExports) {
    write("c.jsonl", "{\"id\":\"c1\"}\n{\"id\":\"c2\",\"age\":400}\n");
    const std::string command = "import --database sqlite:x.db --mapping native-customer c.jsonl";
    const Outcome stopped = run(command);
    EXPECT_EQ(stopped.status, 2);
    EXPECT_NE(stopped.err.find("c.jsonl"), std::string::npos);
    const Outcome skipped = run(command + " --on-error skip --report quality.json");
    EXPECT_EQ(skipped.status, 0) << skipped.err;
    EXPECT_NE(skipped.out.find("bad rows: 1"), std::string::npos);
    EXPECT_TRUE(json::accept(slurp(folder_.path() / "quality.json")));
    const Outcome exported = run("export --database sqlite:x.db --records customer out.csv --json");
    EXPECT_EQ(exported.last()["num_records"], 1);
    EXPECT_NE(slurp(folder_.path() / "out.csv").find("c1"), std::string::npos);
    EXPECT_EQ(run("export --database sqlite:x.db --records dragons out.csv").status, 2);
}

TEST_F(Program, EachBadFileHasItsOwnStatus) {
    write("empty.csv", "");
    const std::string header =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    write("nul.csv", header + std::string("1,A\0B,x,1,2011-01-01,1,7,France\n", 32));
    fs::create_directory(folder_.path() / "folder.csv");
    std::string wide = "a,b\n1";
    for (int i = 0; i < 300; ++i) wide += ",x";
    write("wide.csv", wide + "\n");
    write("cut.xlsx", "PK\x03\x04 cut off");
    const auto status = [&](const std::string& file) {
        const Outcome outcome =
            run("import --database sqlite:y.db --mapping online-retail " + file);
        EXPECT_NE(outcome.err.find(file), std::string::npos) << outcome.err;
        return outcome.status;
    };
    EXPECT_EQ(status("empty.csv"), exit_code(ErrorCode::kEmptyInput));
    EXPECT_EQ(status("nul.csv"), exit_code(ErrorCode::kMalformedText));
    EXPECT_EQ(status("folder.csv"), exit_code(ErrorCode::kNotAFile));
    EXPECT_EQ(status("cut.xlsx"), exit_code(ErrorCode::kCorrupt));
    EXPECT_FALSE(fs::exists(folder_.path() / "y.db")) << "a failed import left a database";
    write("wide.csv",
          "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,"
          "Country\n" +
              wide.substr(4) + "\n");
    EXPECT_EQ(status("wide.csv"), exit_code(ErrorCode::kLimitExceeded));
}

}  // namespace
}  // namespace attune
