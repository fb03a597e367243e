#include <gtest/gtest.h>
#include <sys/resource.h>

#include "models/neighbours/item_similarity.hpp"

namespace attune {
namespace {

std::size_t peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

// Every pair of 4,000 products has a customer in common: 16 million similarities, of which each
// row keeps five while it is made.
TEST(SimilarityMemory, TheWholeProductIsNeverThere) {
    constexpr std::uint32_t kNumProducts = 4'000;
    std::vector<Triplet> triplets;
    for (std::uint32_t j = 0; j < kNumProducts; ++j) {
        triplets.push_back({0, j, 1});
        if (j % 3 == 0) triplets.push_back({1, j, 2});
    }
    const CsrMatrix counts = csr_from_triplets(2, kNumProducts, std::move(triplets));
    ThreadPool pool(2);
    NullProgress progress;
    ItemSimilarityOptions options;
    options.num_neighbours = 5;
    for (const auto measure : {SimilarityMeasure::kCosine, SimilarityMeasure::kJaccard}) {
        options.measure = measure;
        const std::size_t before = peak_mib();
        const auto found = item_similarities(counts, options, pool, progress);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->num_nonzero(), kNumProducts * options.num_neighbours);
        // As floats alone the product has 61 MiB.
        EXPECT_LT(peak_mib() - before, 24U);
    }
}

}  // namespace
}  // namespace attune
