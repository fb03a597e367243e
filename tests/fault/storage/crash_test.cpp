#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "storage/stores.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

/// A doomed writer: started, read from, killed.
class Child {
 public:
    Child(const std::string& url, const char* mode) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return;
        output_ = ends[0];
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::execl(ATTUNE_DOOMED_WRITER, ATTUNE_DOOMED_WRITER, url.c_str(), mode, nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
    }
    ~Child() {
        kill();
        ::close(output_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Reads until there are `num_lines` lines; false when the child ended before.
    bool wait_for_lines(std::size_t num_lines) {
        while (lines().size() < num_lines) {
            if (!read_some()) return false;
        }
        return true;
    }

    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        was_killed_ = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        pid_ = -1;
        while (read_some()) {
        }
    }

    [[nodiscard]] bool was_killed() const { return was_killed_; }

    /// Whole lines only: the last one may have been cut.
    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        std::istringstream stream(text_.substr(0, text_.rfind('\n') + 1));
        for (std::string line; std::getline(stream, line);) lines.push_back(line);
        return lines;
    }

 private:
    bool read_some() {
        char buffer[4096];
        const ssize_t got = ::read(output_, buffer, sizeof buffer);
        if (got <= 0) return false;
        text_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }

    int output_ = -1;
    pid_t pid_ = -1;
    bool was_killed_ = false;
    std::string text_{};
};

class Crash : public ::testing::Test {
 protected:
    void SetUp() override {
        url_ = "sqlite:" + (folder_.path() / "attune.db").string();
        const Status status = with_database([](Database& database) {
            return database.write([](Stores& stores) -> Status {
                Customer customer;
                customer.id = "c1";
                Product product;
                product.id = "p1";
                product.name = "Product";
                ATTUNE_TRY(stores.customers().put({&customer, 1}));
                ATTUNE_TRY(stores.products().put({&product, 1}));
                return {};
            });
        });
        ASSERT_TRUE(status) << status.error().message;
    }

    Status with_database(const std::function<Status(Database&)>& work) {
        ATTUNE_ASSIGN(const auto database, open_database(url_));
        return work(*database);
    }

    TemporaryFolder folder_;
    std::string url_;
};

Status append_one(Database& database, const std::string& id) {
    return database.write([&](Stores& stores) -> Status {
        Event event;
        event.id = id;
        event.customer_id = "c1";
        event.product_id = "p1";
        ATTUNE_TRY(stores.events().append({&event, 1}));
        return {};
    });
}

TEST_F(Crash, KilledInTheMiddleOfALargeWriteNothingOfItIsThere) {
    Child child(url_, "bulk");
    // Enough that the write has spilled from memory to the disk.
    ASSERT_TRUE(child.wait_for_lines(60));
    const auto wal = folder_.path() / "attune.db-wal";
    child.kill();
    ASSERT_TRUE(child.was_killed());
    EXPECT_TRUE(std::filesystem::exists(wal));

    const Status status = with_database([](Database& database) -> Status {
        EXPECT_EQ(database.revision(), 1U);
        ATTUNE_TRY(database.read([](Stores& stores) -> Status {
            EXPECT_EQ(stores.events().count(), 0U);
            EXPECT_EQ(stores.customers().count(), 1U);
            return {};
        }));
        ATTUNE_TRY(append_one(database, "after"));
        EXPECT_EQ(database.revision(), 2U);
        return {};
    });
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(Crash, KilledAfterAcknowledgingNothingOfThatIsLost) {
    for (int round = 1; round <= 3; ++round) {
        Child child(url_, "single");
        ASSERT_TRUE(child.wait_for_lines(static_cast<std::size_t>(20 * round)));
        child.kill();
        ASSERT_TRUE(child.was_killed());
        const std::vector<std::string> acknowledged = child.lines();
        const Status status = with_database([&](Database& database) {
            return database.write([&](Stores& stores) -> Status {
                std::size_t num_stored = 0;
                for (const std::string& id : acknowledged) {
                    Event event;
                    event.id = id;
                    event.customer_id = "c1";
                    event.product_id = "p1";
                    ATTUNE_ASSIGN(const PutCounts counts, stores.events().append({&event, 1}));
                    num_stored += counts.unchanged;
                }
                EXPECT_EQ(num_stored, acknowledged.size());
                return {};
            });
        });
        EXPECT_TRUE(status) << status.error().message;
    }
}

TEST_F(Crash, AnotherProcessWaitsAndThenGivesUpWhileOneWrites) {
    Child child(url_, "bulk");
    ASSERT_TRUE(child.wait_for_lines(1));
    auto database = open_database(url_, {.busy_timeout_ms = 50});
    ASSERT_TRUE(database) << database.error().message;
    const Status refused = append_one(**database, "blocked");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE((*database)->read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.events().count(), 0U);
        return {};
    }));
    child.kill();
    const Status written = append_one(**database, "free");
    EXPECT_TRUE(written) << written.error().message;
}

}  // namespace
}  // namespace attune
