#include "math/csr.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.hpp"

namespace attune {
namespace {

using testing::ElementsAre;

TEST(Csr, SortsTripletsAndAddsThoseOfOnePlace) {
    const CsrMatrix matrix =
        csr_from_triplets(3, 4, {{2, 1, 5}, {0, 3, 1}, {0, 0, 2}, {2, 1, 0.5F}});
    EXPECT_THAT(matrix.offsets, ElementsAre(0, 2, 2, 3));
    EXPECT_THAT(matrix.row_columns(0), ElementsAre(0, 3));
    EXPECT_THAT(matrix.row_values(0), ElementsAre(2, 1));
    EXPECT_THAT(matrix.row_columns(1), ElementsAre());
    EXPECT_THAT(matrix.row_values(2), ElementsAre(5.5F));
    EXPECT_EQ(matrix.num_nonzero(), 3U);
}

TEST(Csr, WithoutTripletsHasEmptyRows) {
    const CsrMatrix matrix = csr_from_triplets(2, 2, {});
    EXPECT_THAT(matrix.offsets, ElementsAre(0, 0, 0));
    EXPECT_EQ(transpose(matrix), matrix);
}

TEST(Csr, TransposeMovesEveryEntryAndUndoesItself) {
    Random random(3);
    std::vector<Triplet> triplets;
    std::vector<Triplet> turned;
    for (int i = 0; i < 200; ++i) {
        const auto row = static_cast<std::uint32_t>(random.below(17));
        const auto column = static_cast<std::uint32_t>(random.below(29));
        const auto value = static_cast<float>(1 + random.below(9));
        triplets.push_back({row, column, value});
        turned.push_back({column, row, value});
    }
    const CsrMatrix matrix = csr_from_triplets(17, 29, triplets);
    EXPECT_EQ(transpose(matrix), csr_from_triplets(29, 17, turned));
    EXPECT_EQ(transpose(transpose(matrix)), matrix);
}

TEST(CsrDeathTest, RefusesEntriesOutside) {
    EXPECT_DEATH(csr_from_triplets(1, 1, {{0, 1, 1}}), "column");
}

}  // namespace
}  // namespace attune
