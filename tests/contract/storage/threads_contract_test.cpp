#include <atomic>
#include <thread>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

class Threads : public StorageContract {};
ATTUNE_FOR_ALL_BACK_ENDS(Threads);

constexpr int kNumWriters = 6;
constexpr int kWritesEach = 50;

/// Every third write fails after it has written.
Status write_one(Database& database, int writer, int number) {
    return database.write([&](Stores& stores) -> Status {
        const std::string id = fmt::format("e{}-{}", writer, number);
        const std::vector events{make_event(id, "c1", number), make_event(id + "b", "c2", number)};
        ATTUNE_TRY(stores.events().append(events));
        if (number % 3 == 0) return fail(ErrorCode::kCancelled, "undone");
        return {};
    });
}

TEST_P(Threads, ManyWritersAndReadersStayConsistent) {
    put_nouns();
    const std::uint64_t revision_before = database_->revision().value();
    std::atomic<int> num_written{0};
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int writer = 0; writer < kNumWriters; ++writer) {
        threads.emplace_back([&, writer] {
            for (int i = 0; i < kWritesEach; ++i) {
                const Status status = write_one(*database_, writer, i);
                EXPECT_EQ(status.has_value(), i % 3 != 0);
                if (status) ++num_written;
            }
        });
    }
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 6; ++reader) {
        readers.emplace_back([&] {
            std::size_t last = 0;
            while (!stop) {
                const Status status = database_->read([&](Stores& stores) -> Status {
                    ATTUNE_ASSIGN(const std::size_t count, stores.events().count());
                    // Both events of a write or none, and never less than before.
                    EXPECT_EQ(count % 2, 0U);
                    EXPECT_GE(count, last);
                    last = count;
                    std::size_t visited = 0;
                    ATTUNE_TRY(stores.events().for_each({}, [&](const Event&) -> Status {
                        ++visited;
                        return {};
                    }));
                    EXPECT_EQ(visited, count);
                    return {};
                });
                EXPECT_TRUE(status) << status.error().message;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    stop = true;
    for (std::thread& reader : readers) reader.join();

    const int num_kept = kNumWriters * (kWritesEach - (kWritesEach + 2) / 3);
    EXPECT_EQ(num_written, num_kept);
    EXPECT_EQ(database_->revision().value(),
              revision_before + static_cast<std::uint64_t>(num_kept));
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.events().count(), static_cast<std::size_t>(2 * num_kept));
        return {};
    });
}

TEST_P(Threads, WritesBeyondTheQueueAreRefused) {
    open({.max_waiting_writes = 2});
    std::atomic<bool> go{false};
    std::atomic<bool> busy{false};
    std::thread slow([&] {
        EXPECT_TRUE(database_->write([&](Stores&) -> Status {
            busy = true;
            while (!go) std::this_thread::yield();
            return {};
        }));
    });
    while (!busy) std::this_thread::yield();
    std::atomic<int> num_refused{0};
    std::vector<std::thread> more;
    for (int i = 0; i < 6; ++i) {
        more.emplace_back([&] {
            const Status status = database_->write([](Stores&) -> Status { return {}; });
            if (status) return;
            EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
            ++num_refused;
        });
    }
    while (num_refused < 4) std::this_thread::yield();
    go = true;
    slow.join();
    for (std::thread& thread : more) thread.join();
    EXPECT_EQ(num_refused, 4);
}

TEST_P(Threads, ClosingFinishesWhatWaits) {
    put_nouns();
    std::atomic<bool> started{false};
    std::thread writer([&] {
        EXPECT_TRUE(database_->write([&](Stores& stores) -> Status {
            started = true;
            const std::vector events{make_event("e1", "c1", 1)};
            ATTUNE_TRY(stores.events().append(events));
            return {};
        }));
    });
    while (!started) std::this_thread::yield();
    writer.join();
    open();
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.events().count(), 1U);
        return {};
    });
}

TEST_P(Threads, TwoDatabasesWriteToOnePlaceAtOnce) {
    put_nouns();
    auto second = open_database(url_);
    ASSERT_TRUE(second) << second.error().message;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < 4; ++writer) {
        threads.emplace_back([&, writer] {
            Database& database = writer % 2 == 0 ? *database_ : **second;
            for (int i = 1; i < 31; i += 3) {
                const Status status = write_one(database, writer, i);
                EXPECT_TRUE(status) << status.error().message;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.events().count(), 80U);
        return {};
    });
}

}  // namespace
}  // namespace attune
