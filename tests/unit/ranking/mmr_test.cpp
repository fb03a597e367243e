#include "ranking/mmr.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

bool admit_all(ProductIndex) {
    return true;
}
void ignore(ProductIndex) {}

class TableSimilarity final : public ProductSimilarity {
 public:
    explicit TableSimilarity(std::vector<std::vector<double>> table) : table_(std::move(table)) {}
    [[nodiscard]] double between(ProductIndex a, ProductIndex b) const override {
        return table_[a.at()][b.at()];
    }

 private:
    std::vector<std::vector<double>> table_;
};

std::vector<std::size_t> products_of(const std::vector<Candidate>& candidates) {
    std::vector<std::size_t> products;
    for (const Candidate& candidate : candidates) products.push_back(candidate.product.at());
    return products;
}

/// The definition, computed from scratch at every step.
std::vector<Candidate> brute_force(std::vector<Candidate> pool, const ProductSimilarity& similarity,
                                   const MmrOptions& options) {
    const auto [low, high] = std::minmax_element(
        pool.begin(), pool.end(),
        [](const Candidate& a, const Candidate& b) { return a.score < b.score; });
    const double lowest = low->score;
    const double width = high->score - low->score;
    std::vector<Candidate> chosen;
    while (chosen.size() < options.num_items && !pool.empty()) {
        std::vector<double> values;
        for (const Candidate& candidate : pool) {
            double redundancy = 0;
            for (const Candidate& other : chosen) {
                redundancy =
                    std::max(redundancy, similarity.between(candidate.product, other.product));
            }
            const double relevance = width > 0 ? (candidate.score - lowest) / width : 0;
            values.push_back(options.lambda * relevance - (1 - options.lambda) * redundancy);
        }
        const auto best = std::max_element(values.begin(), values.end()) - values.begin();
        chosen.push_back(pool[static_cast<std::size_t>(best)]);
        pool.erase(pool.begin() + best);
    }
    return chosen;
}

TEST(Mmr, PrefersWhatIsNewToTheList) {
    // 0 and 1 are the same; 2 is a little worse but new.
    const TableSimilarity similarity({{1, 1, 0}, {1, 1, 0}, {0, 0, 1}});
    const std::vector<Candidate> pool{
        {ProductIndex(0), 1.0}, {ProductIndex(1), 0.9}, {ProductIndex(2), 0.0}};
    const auto order = [&](double lambda) {
        return products_of(select_mmr(pool, similarity, {3, lambda}, admit_all, ignore));
    };
    EXPECT_THAT(order(1), testing::ElementsAre(0, 1, 2));
    EXPECT_THAT(order(0.6), testing::ElementsAre(0, 1, 2));  // .54 - .4 > 0
    EXPECT_THAT(order(0.5), testing::ElementsAre(0, 2, 1));  // .45 - .5 < 0
    EXPECT_THAT(order(0), testing::ElementsAre(0, 2, 1));
}

TEST(Mmr, LeavesScoresAloneAndHandlesEmptyAndEqual) {
    const TableSimilarity similarity({{1, 0}, {0, 1}});
    EXPECT_TRUE(select_mmr({}, similarity, {5, 0.5}, admit_all, ignore).empty());
    const std::vector<Candidate> pool{{ProductIndex(0), -3}, {ProductIndex(1), -3}};
    EXPECT_EQ(select_mmr(pool, similarity, {5, 0.5}, admit_all, ignore), pool);
}

TEST(Mmr, IsTheBruteForceOrder) {
    rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, 12);
        std::vector<std::vector<double>> table(size, std::vector<double>(size, 1));
        std::vector<Candidate> pool;
        for (std::size_t i = 0; i < size; ++i) {
            pool.push_back({ProductIndex(i), *rc::gen::inRange(-8, 8) / 4.0});
            for (std::size_t j = 0; j < i; ++j) {
                table[i][j] = table[j][i] = *rc::gen::inRange(0, 9) / 8.0;
            }
        }
        std::sort(pool.begin(), pool.end(),
                  [](const Candidate& a, const Candidate& b) { return ranks_before(a, b); });
        const TableSimilarity similarity(table);
        const MmrOptions options{*rc::gen::inRange<std::size_t>(0, 14),
                                 *rc::gen::inRange(0, 9) / 8.0};
        const auto chosen = select_mmr(pool, similarity, options, admit_all, ignore);
        RC_ASSERT(chosen == brute_force(pool, similarity, options));
        if (options.lambda == 1) {
            RC_ASSERT(std::equal(chosen.begin(), chosen.end(), pool.begin()));
        }
    });
}

TEST(Mmr, AsksBeforeItChooses) {
    const TableSimilarity similarity({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    const std::vector<Candidate> pool{
        {ProductIndex(0), 3}, {ProductIndex(1), 2}, {ProductIndex(2), 1}};
    std::vector<std::size_t> taken;
    const auto chosen = select_mmr(
        pool, similarity, {3, 1}, [](ProductIndex p) { return p.at() != 1; },
        [&](ProductIndex p) { taken.push_back(p.at()); });
    EXPECT_THAT(products_of(chosen), testing::ElementsAre(0, 2));
    EXPECT_EQ(taken, products_of(chosen));
}

}  // namespace
}  // namespace attune
