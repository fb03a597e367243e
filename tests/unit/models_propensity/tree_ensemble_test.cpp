#include "models/tree_ensemble.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "core/random.hpp"

namespace attune {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TreeNode leaf(float value) {
    return {-1, value, 0, 0};
}
TreeNode split(std::int32_t feature, float threshold, std::uint32_t child,
               std::uint32_t missing = 0) {
    return {feature, threshold, child, missing};
}

/// f0 < 1 ? (f1 < 2 ? 1 : 2) : 4; missing f0 goes right, missing f1 left.
std::vector<TreeNode> small_tree() {
    return {split(0, 1, 1, 1), split(1, 2, 3), leaf(4), leaf(1), leaf(2)};
}

void grow(Random& random, std::size_t num_features, std::size_t depth, std::size_t position,
          std::vector<TreeNode>& nodes) {
    if (depth == 0 || random.below(5) == 0) {
        nodes[position] = leaf(static_cast<float>(random.normal()));
        return;
    }
    const auto child = static_cast<std::uint32_t>(nodes.size());
    nodes.resize(nodes.size() + 2);
    nodes[position] = split(static_cast<std::int32_t>(random.below(num_features)),
                            static_cast<float>(random.below(4)), child,
                            static_cast<std::uint32_t>(random.below(2)));
    grow(random, num_features, depth - 1, child, nodes);
    grow(random, num_features, depth - 1, child + 1, nodes);
}

TreeEnsemble random_ensemble(Random& random, std::size_t num_features, int num_trees = 4) {
    std::vector<TreeNode> nodes;
    std::vector<std::uint32_t> begin;
    for (int tree = 0; tree < num_trees; ++tree) {
        begin.push_back(static_cast<std::uint32_t>(nodes.size()));
        nodes.emplace_back();
        grow(random, num_features, 5, nodes.size() - 1, nodes);
    }
    auto ensemble = TreeEnsemble::create(num_features, random.normal(), nodes, begin);
    EXPECT_TRUE(ensemble) << ensemble.error().message;
    return *ensemble;
}

std::vector<float> random_row(Random& random, std::size_t num_features) {
    std::vector<float> row(num_features);
    for (float& value : row) {
        value = random.below(4) == 0 ? kNan : static_cast<float>(random.below(5)) - 0.5F;
    }
    return row;
}

/// Shapley values by their definition: over every coalition of the groups.
std::vector<double> brute_force_shapley(const TreeEnsemble& ensemble, std::span<const float> row,
                                        std::span<const float> reference,
                                        std::span<const std::uint32_t> group_of,
                                        std::size_t num_groups) {
    const auto value_of = [&](std::uint32_t coalition) {
        std::vector<float> mixed(reference.begin(), reference.end());
        for (std::size_t f = 0; f < mixed.size(); ++f) {
            if ((coalition >> group_of[f] & 1U) != 0) mixed[f] = row[f];
        }
        return ensemble.margin(mixed);
    };
    const auto factorial = [](std::size_t n) { return std::tgamma(static_cast<double>(n) + 1); };
    std::vector<double> values(num_groups, 0.0);
    for (std::size_t group = 0; group < num_groups; ++group) {
        for (std::uint32_t coalition = 0; coalition < 1U << num_groups; ++coalition) {
            if ((coalition >> group & 1U) != 0) continue;
            const auto size = static_cast<std::size_t>(std::popcount(coalition));
            const double weight =
                factorial(size) * factorial(num_groups - size - 1) / factorial(num_groups);
            values[group] += weight * (value_of(coalition | 1U << group) - value_of(coalition));
        }
    }
    return values;
}

TEST(TreeEnsemble, FollowsThresholdsAndMissingDirections) {
    const auto ensemble = TreeEnsemble::create(2, 0.5, small_tree(), {0});
    ASSERT_TRUE(ensemble);
    EXPECT_EQ(ensemble->num_trees(), 1U);
    EXPECT_DOUBLE_EQ(ensemble->margin(std::vector<float>{0, 1.9F}), 1.5);
    EXPECT_DOUBLE_EQ(ensemble->margin(std::vector<float>{0, 2}), 2.5);
    EXPECT_DOUBLE_EQ(ensemble->margin(std::vector<float>{1, 0}), 4.5);
    EXPECT_DOUBLE_EQ(ensemble->margin(std::vector<float>{kNan, 0}), 4.5);
    EXPECT_DOUBLE_EQ(ensemble->margin(std::vector<float>{0, kNan}), 1.5);
    EXPECT_DOUBLE_EQ(ensemble->probability(std::vector<float>{1, 0}), logistic(4.5));
}

TEST(TreeEnsemble, WithoutTreesSaysItsBase) {
    const auto ensemble = TreeEnsemble::create(3, 0, {}, {});
    ASSERT_TRUE(ensemble);
    EXPECT_DOUBLE_EQ(ensemble->probability(std::vector<float>{1, 2, 3}), 0.5);
}

RC_GTEST_PROP(TreeEnsemble, ShapleyEqualsItsDefinition, (std::uint32_t seed)) {
    constexpr std::size_t kFeatures = 7;
    constexpr std::size_t kGroups = 4;
    Random random(seed);
    const TreeEnsemble ensemble = random_ensemble(random, kFeatures);
    const auto row = random_row(random, kFeatures);
    const auto reference = random_row(random, kFeatures);
    std::vector<std::uint32_t> group_of(kFeatures);
    for (std::uint32_t& group : group_of) group = static_cast<std::uint32_t>(random.below(kGroups));

    std::vector<double> values(kGroups, 99.0);
    ensemble.shapley(row, reference, group_of, values);

    const auto expected = brute_force_shapley(ensemble, row, reference, group_of, kGroups);
    double sum = 0;
    for (std::size_t group = 0; group < kGroups; ++group) {
        RC_ASSERT(std::abs(values[group] - expected[group]) < 1e-9);
        sum += values[group];
    }
    RC_ASSERT(std::abs(sum - (ensemble.margin(row) - ensemble.margin(reference))) < 1e-9);
}

RC_GTEST_PROP(TreeEnsemble, UpdatesOnlyTheTreesThatAskForAGroup, (std::uint32_t seed)) {
    constexpr std::size_t kFeatures = 7;
    constexpr std::size_t kGroups = 4;
    Random random(seed);
    const TreeEnsemble ensemble = random_ensemble(random, kFeatures, 20);
    auto row = random_row(random, kFeatures);
    std::vector<std::uint32_t> group_of(kFeatures);
    for (std::uint32_t& group : group_of) group = static_cast<std::uint32_t>(random.below(kGroups));
    const auto trees_by_group = ensemble.trees_by_group(group_of, kGroups);
    RC_ASSERT(trees_by_group.size() == kGroups);

    std::vector<float> values = ensemble.leaf_values(row);
    RC_ASSERT(ensemble.sum_of(values) == ensemble.margin(row));
    const auto changed = random_row(random, kFeatures);
    const auto group = static_cast<std::uint32_t>(random.below(kGroups));
    for (std::size_t f = 0; f < kFeatures; ++f) {
        if (group_of[f] == group) row[f] = changed[f];
    }
    ensemble.update_leaf_values(row, trees_by_group[group], values);
    RC_ASSERT(values == ensemble.leaf_values(row));
    RC_ASSERT(ensemble.sum_of(values) == ensemble.margin(row));
}

TEST(TreeEnsemble, KnowsWhichTreesAskForAGroup) {
    // The second asks for f0 alone, the third for nothing.
    std::vector<TreeNode> nodes = small_tree();
    for (const TreeNode& node : {split(0, 1, 6), leaf(1), leaf(2), leaf(3)}) nodes.push_back(node);
    const auto ensemble = TreeEnsemble::create(2, 0, nodes, {0, 5, 8});
    ASSERT_TRUE(ensemble) << ensemble.error().message;
    const auto trees = ensemble->trees_by_group(std::vector<std::uint32_t>{1, 0}, 3);
    EXPECT_EQ(trees, (std::vector<std::vector<std::uint32_t>>{{0}, {0, 1}, {}}));
}

TEST(TreeEnsemble, OnOtherColumnsSaysTheSame) {
    const auto narrow = TreeEnsemble::create(2, 0.5, small_tree(), {0});
    ASSERT_TRUE(narrow);
    const TreeEnsemble wide = narrow->on_columns(std::vector<std::size_t>{3, 1}, 4);
    EXPECT_EQ(wide.num_features(), 4U);
    EXPECT_EQ(wide.margin(std::vector<float>{9, 1, 9, 0}),
              narrow->margin(std::vector<float>{0, 1}));
    EXPECT_EQ(wide.margin(std::vector<float>{0, 0, 0, 5}),
              narrow->margin(std::vector<float>{5, 0}));
}

TEST(TreeEnsemble, ReadsBackWhatItWrote) {
    Random random(4);
    const TreeEnsemble ensemble = random_ensemble(random, 5);
    BinaryWriter writer;
    ensemble.save(writer);
    BinaryReader reader(writer.bytes());
    const auto loaded = TreeEnsemble::load(reader);
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(*loaded == ensemble);
}

struct BadTrees {
    const char* why;
    std::vector<TreeNode> nodes;
    std::vector<std::uint32_t> begin;
};

class TreeEnsembleRefuses : public testing::TestWithParam<BadTrees> {};

TEST_P(TreeEnsembleRefuses, DamagedTrees) {
    const auto ensemble = TreeEnsemble::create(2, 0, GetParam().nodes, GetParam().begin);
    ASSERT_FALSE(ensemble) << GetParam().why;
    EXPECT_EQ(ensemble.error().code, ErrorCode::kCorrupt);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, TreeEnsembleRefuses,
    testing::Values(
        BadTrees{"no tree for the nodes", {leaf(1)}, {}},
        BadTrees{"no nodes for the tree", {}, {0}},
        BadTrees{"starts behind the first node", {leaf(1), leaf(2)}, {1}},
        BadTrees{"empty tree", {leaf(1), leaf(2)}, {0, 0}},
        BadTrees{"tree behind the end", {leaf(1)}, {0, 1}},
        BadTrees{"trees out of order", {leaf(1), leaf(2), leaf(3)}, {0, 5, 1}},
        BadTrees{"feature too large", {split(2, 0, 1), leaf(1), leaf(2)}, {0}},
        BadTrees{"feature negative", {split(-2, 0, 1), leaf(1), leaf(2)}, {0}},
        BadTrees{"child is its own parent", {split(0, 0, 0), leaf(1), leaf(2)}, {0}},
        BadTrees{"child in the next tree", {split(0, 0, 2), leaf(1), leaf(2), leaf(3)}, {0, 3}},
        BadTrees{"missing goes nowhere", {split(0, 0, 1, 2), leaf(1), leaf(2)}, {0}},
        BadTrees{"value is NaN", {leaf(kNan)}, {0}},
        BadTrees{"threshold is infinite",
                 {split(0, std::numeric_limits<float>::infinity(), 1), leaf(1), leaf(2)},
                 {0}}));

TEST(TreeEnsemble, RefusesTooDeepATreeAndAnInfiniteBase) {
    std::vector<TreeNode> nodes;
    for (std::uint32_t depth = 0; depth <= TreeEnsemble::kMaxDepth; ++depth) {
        nodes.push_back(split(0, 1, 2 * depth + 1));
        nodes.push_back(leaf(0));
    }
    // Node 2d is the split of depth d; its children are 2d + 1, a leaf, and 2d + 2.
    nodes.push_back(leaf(0));
    EXPECT_EQ(TreeEnsemble::create(1, 0, nodes, {0}).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(TreeEnsemble::create(1, std::numeric_limits<double>::infinity(), {}, {}).error().code,
              ErrorCode::kCorrupt);
}

TEST(TreeEnsemble, RefusesCutBytes) {
    Random random(9);
    BinaryWriter writer;
    random_ensemble(random, 3).save(writer);
    for (std::size_t size = 0; size < writer.bytes().size(); size += 3) {
        BinaryReader reader(std::string_view(writer.bytes()).substr(0, size));
        const auto loaded = TreeEnsemble::load(reader);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
}

}  // namespace
}  // namespace attune
