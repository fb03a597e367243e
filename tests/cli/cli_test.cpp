#include "cli/program.hpp"
#include "support/source_path.hpp"

#include <chrono>
#include <thread>

namespace attune {
namespace {

TEST_F(Program, HelpsEverywhere) {
    EXPECT_EQ(run("--help").status, 0);
    EXPECT_NE(run("--version").out.find("attune 0."), std::string::npos);
    for (const char* command :
         {"import", "export", "train", "recommend", "evaluate", "config", "user"}) {
        const Outcome help = run(std::string(command) + " --help");
        EXPECT_EQ(help.status, 0);
        EXPECT_NE(help.out.find("--json"), std::string::npos) << command;
    }
}

TEST_F(Program, RefusesWrongUseWithStatusTwo) {
    EXPECT_EQ(run("").status, 2);
    const Outcome unknown = run("trian");
    EXPECT_EQ(unknown.status, 2);
    EXPECT_NE(unknown.err.find("no command 'trian'; did you mean train?"), std::string::npos);
    EXPECT_NE(run("--quiet fly").err.find("the commands are serve, import"), std::string::npos);
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
    EXPECT_EQ(run("import --pack bank", "ATTUNE_HOME=/nowhere").status, 3);
    EXPECT_EQ(run("config", "ATTUNE_HOME=/nowhere").status, 0) << "it needs no home folder";
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
    EXPECT_NE(typo.err.find("did you mean ranking.items?"), std::string::npos);
}

TEST_F(Program, PrintsTheConfigurationInEffect) {
    const Outcome set = run("config --set ranking.items=7 --database sqlite:other.db",
                            "ATTUNE_RANKING_BRAND_CAP=2");
    EXPECT_EQ(set.status, 0) << set.err;
    EXPECT_NE(set.out.find("\nitems = 7\n"), std::string::npos);
    EXPECT_NE(set.out.find("\nbrand_cap = 2\n"), std::string::npos);
    EXPECT_NE(set.out.find("\ndatabase = \"sqlite:other.db\"\n"), std::string::npos);
    const Outcome machine = run("config --set ranking.items=7 --json");
    EXPECT_EQ(machine.last()["ranking.items"], 7);
    EXPECT_EQ(machine.last()["ranking.exclude_held"], true);
}

TEST_F(Program, DoesTheWholeJob) {
    import_shop();
    const Outcome trained = run(std::string("train --database sqlite:s.db") + kQuick);
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_NE(trained.out.find("weights for customers with a history: learned"), std::string::npos);
    EXPECT_NE(trained.out.find("factors 4, half_life_days 30"), std::string::npos) << trained.out;
    EXPECT_EQ(trained.out.find('{'), std::string::npos) << "JSON is for machines";

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
    const Outcome excluded = run("recommend --database sqlite:s.db --customer 100 --exclude GHOST");
    EXPECT_EQ(excluded.status, 2);
    EXPECT_NE(excluded.err.find("GHOST"), std::string::npos);
}

TEST_F(Program, SearchesParametersAndShowsTheTrials) {
    import_shop();
    const std::string search =
        std::string("train --database sqlite:s.db --search halving --trials 4 --search-model als") +
        kQuick;
    const Outcome people = run(search);
    ASSERT_EQ(people.status, 0) << people.err;
    EXPECT_NE(people.out.find("Search for als (halving): 4 candidates, 6 trials worth"),
              std::string::npos)
        << people.out;
    EXPECT_NE(people.out.find("half_life_days"), std::string::npos);
    const Outcome machine = run(search + " --json");
    ASSERT_EQ(machine.status, 0) << machine.err;
    std::size_t num_searched = 0;
    const json report = machine.last()["report"];
    for (const json& model : report["models"]) {
        if (!model.contains("search")) continue;
        ++num_searched;
        EXPECT_EQ(model["name"], "als");
        EXPECT_EQ(model["trials"].size(), 6U);
    }
    EXPECT_EQ(num_searched, 1U);
    const Outcome unknown = run("train --database sqlite:s.db --search random --search-model warp");
    EXPECT_EQ(unknown.status, 2);
    EXPECT_NE(unknown.err.find("'warp' is not among"), std::string::npos) << unknown.err;
    EXPECT_NE(run("train --database sqlite:s.db --trials 3").status, 0) << "without --search";
    EXPECT_NE(run("train --database sqlite:s.db --search grid").status, 0);
}

TEST_F(Program, SaysThatASearchHadNoDaysToLookAt) {
    import_shop();
    const Outcome trained =
        run(std::string("train --database sqlite:s.db --search random --trials 2 --json") + kQuick +
            " --set training.validation_days=3000");
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_NE(trained.err.find("no parameters were searched"), std::string::npos) << trained.err;
    EXPECT_NE(trained.err.find("no event before the cut"), std::string::npos) << trained.err;
    EXPECT_EQ(trained.last()["report"]["search"]["method"], "random");
}

TEST_F(Program, SaysWhatALowerScoreAndAShortListComeFrom) {
    import_shop();
    ASSERT_EQ(run(std::string("train --database sqlite:s.db") + kQuick).status, 0);
    const std::string base = "recommend --database sqlite:s.db --customer 100 ";
    const Outcome people = run(base + "-n 20 --counterfactual");
    ASSERT_EQ(people.status, 0) << people.err;
    EXPECT_NE(people.out.find("Without the customer's own evidence: "), std::string::npos);
    EXPECT_NE(people.out.find("of 20 asked for: of 16 products 8 are bought already"),
              std::string::npos)
        << people.out;
    const json shortfall = run(base + "-n 20 --json").last()["shortfall"];
    EXPECT_EQ(shortfall["asked"], 20);
    EXPECT_EQ(shortfall["given"], 8);
    EXPECT_EQ(shortfall["causes"][0]["refusal"], "held");
    EXPECT_FALSE(run(base + "-n 2 --json").last().contains("shortfall"));
    const Outcome quiet = run(base + "-n 2 --quiet");
    EXPECT_NE(quiet.out.find("  1. "), std::string::npos) << "results are not remarks";
}

TEST_F(Program, SaysWhenTheDataHasChangedSinceTheTraining) {
    import_shop();
    ASSERT_EQ(run(std::string("train --database sqlite:s.db") + kQuick).status, 0);
    const std::string base = "recommend --database sqlite:s.db --customer 100 --json";
    const Outcome fresh = run(base);
    EXPECT_EQ(fresh.last()["model_up_to_date"], true);
    EXPECT_EQ(fresh.err, "");
    write("c.jsonl", "{\"id\":\"new\"}\n");
    ASSERT_EQ(run("import --database sqlite:s.db --mapping native-customer c.jsonl").status, 0);
    const Outcome stale = run(base);
    EXPECT_EQ(stale.last()["model_up_to_date"], false);
    EXPECT_NE(stale.err.find("the data has changed since model"), std::string::npos);
}

TEST_F(Program, NamesADamagedModelAndWhatToDo) {
    import_shop();
    const std::string train = std::string("train --database sqlite:s.db --json") + kQuick;
    const auto first = run(train).last()["version"].get<std::string>();
    // Versions are ordered by their second.
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    const auto second = run(train).last()["version"].get<std::string>();
    ASSERT_LT(first, second);
    const auto damage = [&](const std::string& version) {
        std::ofstream(folder_.path() / "s.db.models" / version / "als.bin") << "spoilt";
    };
    const std::string recommend = "recommend --database sqlite:s.db --customer 100";
    damage(second);
    const Outcome older = run(recommend);
    EXPECT_EQ(older.status, 0) << older.err;
    EXPECT_NE(older.err.find(second + "/als.bin"), std::string::npos) << older.err;
    EXPECT_NE(older.err.find("model " + first + " answers instead; `attune train`"),
              std::string::npos)
        << older.err;
    damage(first);
    const Outcome none = run(recommend);
    EXPECT_EQ(none.status, exit_code(ErrorCode::kCorrupt));
    EXPECT_NE(none.err.find(second + "/als.bin"), std::string::npos) << none.err;
    EXPECT_NE(none.err.find("make a new one with `attune train`"), std::string::npos) << none.err;
}

TEST_F(Program, ReadsADatabaseItMayNotWrite) {
    import_shop();
    ASSERT_EQ(run(std::string("train --database sqlite:s.db") + kQuick).status, 0);
    fs::create_directory(folder_.path() / "kept");
    fs::rename(folder_.path() / "s.db", folder_.path() / "kept" / "s.db");
    fs::rename(folder_.path() / "s.db.models", folder_.path() / "kept" / "s.db.models");
    fs::permissions(folder_.path() / "kept" / "s.db", fs::perms(0444));
    fs::permissions(folder_.path() / "kept", fs::perms(0555));
    fs::permissions(folder_.path(), fs::perms(0777));
    // The rights of files do not hold for root, and others may not look into root's folders.
    const fs::path home = folder_.path() / "home";
    fs::create_directory(home);
    fs::copy(source_path("config"), home / "config", fs::copy_options::recursive);
    const std::string user =
        fmt::format("ATTUNE_HOME='{}' {}", home.string(),
                    ::geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : "");
    const std::string base = " --database sqlite:kept/s.db ";
    const Outcome answer = run("recommend --customer 100" + base, user);
    EXPECT_EQ(answer.status, 0) << answer.err;
    const Outcome exported = run("export --records customer out.csv" + base, user);
    EXPECT_EQ(exported.status, 0) << exported.err;
    const Outcome refused = run("import --mapping online-retail shop.csv" + base, user);
    EXPECT_EQ(refused.status, exit_code(ErrorCode::kForbidden)) << refused.err;
    fs::permissions(folder_.path() / "kept", fs::perms(0755));
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
    EXPECT_NE(people.out.find("counted as foreseen: purchases, also of products had before"),
              std::string::npos);
    EXPECT_NE(people.out.find("blend against"), std::string::npos);
    EXPECT_EQ(people.err.find('\r'), std::string::npos) << "a bar where no terminal is";
    EXPECT_EQ(run("evaluate --database sqlite:s.db --cut yesterday").status, 2);
    EXPECT_EQ(run("evaluate --database sqlite:s.db --cut 1999-01-01").status, 2);
    EXPECT_EQ(run(base + "--folds 3").status, 2) << "folds without --propensity";
    EXPECT_EQ(run(base + "--propensity all").status, 2) << "a cut with --propensity";
}

TEST_F(Program, AMissingFolderIsFoundAtOnceAndHasOneStatus) {
    const int missing = exit_code(ErrorCode::kNotFound);
    // There is no database either: the report's folder is looked at before it.
    const Outcome report = run("evaluate --database sqlite:none.db --report none/x.html");
    EXPECT_EQ(report.status, missing);
    EXPECT_NE(report.err.find("there is no folder none"), std::string::npos) << report.err;
    write("c.jsonl", "{\"id\":\"c1\"}\n");
    EXPECT_EQ(run("import --database sqlite:none/a.db --mapping native-customer c.jsonl").status,
              missing);
    EXPECT_EQ(run("config --config none/attune.toml").status, missing);
    ASSERT_EQ(run("import --database sqlite:a.db --mapping native-customer c.jsonl").status, 0);
    EXPECT_EQ(run("export --database sqlite:a.db --records customer none/out.csv").status, missing);
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
    const json figures = result.last();
    EXPECT_GT(figures["auc"].get<double>(), 0.95);
    EXPECT_EQ(figures["category"], "TERM_DEPOSITS");
    EXPECT_NEAR(figures["mse"].get<double>(), figures["brier"].get<double>(), 1e-12);
    for (const char* key : {"rmse", "mae", "r2", "log_loss", "ece", "baseline_log_loss"}) {
        EXPECT_TRUE(figures[key].is_number()) << key;
    }
    const Outcome people =
        run("evaluate --database sqlite:b.db --propensity TERM_DEPOSITS --folds 3 --resamples 100");
    for (const char* head : {"RMSE", "MAE", "R2", "Brier", "calibration", "alone"}) {
        EXPECT_NE(people.out.find(head), std::string::npos) << head;
    }
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
    EXPECT_NE(skipped.out.find("rejected rows: 1"), std::string::npos);
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
