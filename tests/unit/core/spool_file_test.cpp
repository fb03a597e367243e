#include "core/spool_file.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/temporary_folder.hpp"

namespace attune {
namespace {

/// Entries of all sizes, some longer than what is kept in memory, some empty.
std::string entry_of(std::size_t number) {
    const std::size_t size = number % 50 == 0 ? 3'000'000 : number % 7 * 1'000;
    return std::string(size, static_cast<char>('a' + number % 26));
}

TEST(SpoolFile, GivesBackInOrderAndByPlaceWhatCame) {
    const TemporaryFolder folder;
    SpoolFile file = SpoolFile::create(folder.path()).value();
    constexpr std::size_t kNum = 200;
    std::vector<std::uint64_t> places;
    for (std::size_t i = 0; i < kNum; ++i) {
        places.push_back(file.append(entry_of(i)).value());
        // What is not in the file yet too.
        ASSERT_EQ(file.at(places[i / 2]).value(), entry_of(i / 2));
        if (i % 3 != 0) continue;
        ASSERT_EQ(file.at(places[i]).value(), entry_of(i));
    }
    EXPECT_EQ(file.num_entries(), kNum);
    for (int time = 0; time < 2; ++time) {
        std::size_t number = 0;
        ASSERT_TRUE(file.for_each([&](std::string_view entry) -> Status {
            EXPECT_EQ(entry, entry_of(number)) << number;
            ++number;
            return {};
        }));
        EXPECT_EQ(number, kNum);
    }
}

TEST(SpoolFile, AnErrorEndsTheGoingThrough) {
    const TemporaryFolder folder;
    SpoolFile file = SpoolFile::create(folder.path()).value();
    EXPECT_TRUE(file.for_each([](std::string_view) { return Status(); }));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(file.append("x"));
    int num_visited = 0;
    const Status status = file.for_each([&](std::string_view) -> Status {
        if (++num_visited == 2) return fail(ErrorCode::kConflict, "enough");
        return {};
    });
    EXPECT_EQ(status.error().code, ErrorCode::kConflict);
    EXPECT_EQ(num_visited, 2);
}

TEST(SpoolFile, HasNoName) {
    const TemporaryFolder folder;
    SpoolFile file = SpoolFile::create(folder.path()).value();
    ASSERT_TRUE(file.append(std::string(5'000'000, 'x')));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    const SpoolFile moved = std::move(file);
    EXPECT_EQ(moved.num_entries(), 1U);
    EXPECT_EQ(SpoolFile::create(folder.path() / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace attune
