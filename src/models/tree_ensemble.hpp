#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"

namespace attune {

/// One node of a regression tree. A row goes to `child` when its feature is below `value`, to
/// `child + 1` when it is not, and to `child + missing` when it is NaN.
struct TreeNode {
    std::int32_t feature = -1;  ///< -1: a leaf
    float value = 0;            ///< the threshold, or what the leaf adds to the margin
    std::uint32_t child = 0;    ///< position in all nodes; behind the node's own
    std::uint32_t missing = 0;  ///< 0 or 1

    friend bool operator==(const TreeNode&, const TreeNode&) = default;
};

/// A sum of regression trees under the logistic link. Immutable, plain memory.
///
/// @threads  every member may be called from many threads at once
class TreeEnsemble {
 public:
    TreeEnsemble() = default;

    /// @param nodes       of all trees, tree after tree, each tree's root first
    /// @param tree_begin  position of each tree's root
    /// @errors kCorrupt: a child outside its tree or before its parent, a feature outside
    ///         [0, num_features), a value that is not finite, a tree deeper than kMaxDepth
    static Result<TreeEnsemble> create(std::size_t num_features, double base_margin,
                                       std::vector<TreeNode> nodes,
                                       std::vector<std::uint32_t> tree_begin);

    /// The same trees for wider rows, where feature f stands at column_of[f].
    /// @pre column_of.size() >= num_features(), every column below num_columns
    [[nodiscard]] TreeEnsemble on_columns(std::span<const std::size_t> column_of,
                                          std::size_t num_columns) const;

    [[nodiscard]] std::size_t num_features() const { return num_features_; }
    [[nodiscard]] std::size_t num_trees() const { return tree_begin_.size(); }
    [[nodiscard]] const std::vector<TreeNode>& nodes() const { return nodes_; }

    /// Log-odds. @pre row.size() >= num_features() @cost O(trees x depth)
    [[nodiscard]] double margin(std::span<const float> row) const;

    /// What each tree adds to the margin of a row: margin(row) is sum_of(leaf_values(row)).
    /// @pre as margin @cost as margin
    [[nodiscard]] std::vector<float> leaf_values(std::span<const float> row) const;
    /// Brings the leaf values of some trees in line with the row, the others stay as they are:
    /// cheap where a row differs from another in features that few trees ask for.
    /// @param trees  positions of trees, below num_trees()
    /// @pre   row.size() >= num_features(), values.size() == num_trees()
    /// @cost  O(trees.size() x depth)
    void update_leaf_values(std::span<const float> row, std::span<const std::uint32_t> trees,
                            std::span<float> values) const;
    /// @param leaf_values  one of each tree
    [[nodiscard]] double sum_of(std::span<const float> leaf_values) const;
    /// Positions of the trees that ask for a feature of each group, ascending.
    /// @param group_of  group of each feature, below num_groups
    /// @cost  O(nodes)
    [[nodiscard]] std::vector<std::vector<std::uint32_t>> trees_by_group(
        std::span<const std::uint32_t> group_of, std::size_t num_groups) const;
    /// The logistic function of the margin, in (0, 1).
    [[nodiscard]] double probability(std::span<const float> row) const;

    /// Shapley values of groups of features in the game whose players put their features from
    /// `reference` to `row`: they add up to margin(row) - margin(reference), and a group whose
    /// features are equal in both gets 0.
    ///
    /// @param group_of  group of each feature, below values.size()
    /// @param values    one per group; overwritten
    /// @cost   O(leaves that a mixture of the two rows can reach x depth)
    /// @source interventional TreeSHAP with a single reference: Lundberg et al., Nature Machine
    ///         Intelligence 2, 2020; departures: players are groups of features
    void shapley(std::span<const float> row, std::span<const float> reference,
                 std::span<const std::uint32_t> group_of, std::span<double> values) const;

    void save(BinaryWriter& writer) const;
    /// @errors kCorrupt
    static Result<TreeEnsemble> load(BinaryReader& reader);

    /// Longest way from a root to a leaf, in edges.
    static constexpr std::size_t kMaxDepth = 32;

    friend bool operator==(const TreeEnsemble&, const TreeEnsemble&) = default;

 private:
    /// Calls `visit(tree, what its leaf adds)` for the trees at tree_at(0), tree_at(1), ...
    template <typename TreeAt, typename Visit>
    void visit_leaves(std::span<const float> row, std::size_t num_visited, const TreeAt& tree_at,
                      const Visit& visit) const;

    std::size_t num_features_ = 0;
    double base_margin_ = 0;
    std::vector<TreeNode> nodes_;
    std::vector<std::uint32_t> tree_begin_;
    std::size_t depth_ = 0;  ///< of the deepest tree, in edges
};

/// 1 / (1 + exp(-margin)).
double logistic(double margin);

}  // namespace attune
