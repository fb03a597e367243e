#include "unit/storage/raw_sqlite.hpp"

#include <sqlite3.h>

namespace attune {

RawSqlite::RawSqlite(const std::filesystem::path& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &connection_), SQLITE_OK);
}

RawSqlite::~RawSqlite() {
    sqlite3_close(connection_);
}

void RawSqlite::run(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection_);
}

std::string RawSqlite::ask(const std::string& sql) {
    std::string answer;
    const auto collect = [](void* target, int count, char** cells, char**) {
        for (int i = 0; i < count; ++i) {
            *static_cast<std::string*>(target) += cells[i] != nullptr ? cells[i] : "NULL";
            *static_cast<std::string*>(target) += '\n';
        }
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(connection_, sql.c_str(), collect, &answer, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection_);
    return answer;
}

void RawSqlite::keep_log() {
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

}  // namespace attune
