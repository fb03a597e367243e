#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/temporary_folder.hpp"

struct sqlite3;

namespace attune {

/// SQLite itself, to look at and to spoil what the module made. Its header stays in the source:
/// soci includes it too, within a namespace.
class RawSqlite {
 public:
    explicit RawSqlite(const std::filesystem::path& path);
    ~RawSqlite();
    RawSqlite(const RawSqlite&) = delete;
    RawSqlite& operator=(const RawSqlite&) = delete;

    void run(const std::string& sql);
    /// All cells of the answer, each followed by a line break.
    std::string ask(const std::string& sql);
    /// Leaves the write-ahead log behind when closing, as a killed process does.
    void keep_log();

 private:
    sqlite3* connection_ = nullptr;
};

class SqliteFile : public ::testing::Test {
 protected:
    static std::string bytes_of(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }
    static void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
        std::ofstream(path, std::ios::binary) << bytes;
    }

    TemporaryFolder temporary_;
    std::filesystem::path folder_ = temporary_.path();
    std::filesystem::path path_ = folder_ / "attune.db";
    std::string url_ = "sqlite:" + path_.string();
};

}  // namespace attune
