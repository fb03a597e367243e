#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/result.hpp"
#include "support/temporary_folder.hpp"

/// Drives the real program as a user would.
namespace attune {

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

inline std::string slurp(const fs::path& file) {
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

}  // namespace attune
