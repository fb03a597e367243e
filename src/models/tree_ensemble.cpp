#include "models/tree_ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/assert.hpp"

namespace attune {
namespace {

std::uint32_t child_of(const TreeNode& node, float value) {
    if (std::isnan(value)) return node.child + node.missing;
    return value < node.value ? node.child : node.child + 1;
}

/// Checks the nodes [begin, end) as one tree. Children stand behind their parents, so depths can
/// be filled in one pass and every walk ends.
/// @return its depth
Result<std::size_t> check_tree(std::span<const TreeNode> nodes, std::size_t begin, std::size_t end,
                               std::size_t num_features) {
    std::vector<std::size_t> depth(end - begin, 0);
    for (std::size_t i = begin; i < end; ++i) {
        const TreeNode& node = nodes[i];
        if (!std::isfinite(node.value)) {
            return fail(ErrorCode::kCorrupt, "tree node {}: value is not finite", i);
        }
        if (node.feature == -1) continue;
        if (node.feature < 0 || static_cast<std::size_t>(node.feature) >= num_features) {
            return fail(ErrorCode::kCorrupt, "tree node {}: feature {} of {}", i, node.feature,
                        num_features);
        }
        if (node.child <= i || std::size_t{node.child} + 1 >= end || node.missing > 1) {
            return fail(ErrorCode::kCorrupt, "tree node {}: child {} outside its tree", i,
                        node.child);
        }
        if (depth[i - begin] == TreeEnsemble::kMaxDepth) {
            return fail(ErrorCode::kCorrupt, "tree node {}: deeper than {}", i,
                        TreeEnsemble::kMaxDepth);
        }
        for (const std::size_t child : {node.child - begin, node.child - begin + 1}) {
            depth[child] = std::max(depth[child], depth[i - begin] + 1);
        }
    }
    return *std::max_element(depth.begin(), depth.end());
}

/// Walks one tree along every mixture of two rows and spreads each leaf over the groups that had
/// to choose a side to get there.
class ShapleyWalk {
 public:
    ShapleyWalk(std::span<const TreeNode> nodes, std::span<const float> row,
                std::span<const float> reference, std::span<const std::uint32_t> group_of,
                std::span<double> values)
        : nodes_(nodes),
          row_(row),
          reference_(reference),
          group_of_(group_of),
          values_(values),
          side_(values.size(), Side::kOpen) {}

    void visit(std::uint32_t position) {
        const TreeNode& node = nodes_[position];
        if (node.feature < 0) {
            spread(node.value);
            return;
        }
        const auto feature = static_cast<std::size_t>(node.feature);
        const std::uint32_t to_row = child_of(node, row_[feature]);
        const std::uint32_t to_reference = child_of(node, reference_[feature]);
        const std::uint32_t group = group_of_[feature];
        if (to_row == to_reference || side_[group] == Side::kRow) {
            visit(to_row);
        } else if (side_[group] == Side::kReference) {
            visit(to_reference);
        } else {
            branch(group, Side::kRow, to_row);
            branch(group, Side::kReference, to_reference);
        }
    }

 private:
    enum class Side : std::uint8_t { kOpen, kRow, kReference };

    void branch(std::uint32_t group, Side side, std::uint32_t child) {
        std::size_t& count = side == Side::kRow ? num_row_ : num_reference_;
        side_[group] = side;
        chosen_[num_row_ + num_reference_] = group;
        ++count;
        visit(child);
        --count;
        side_[group] = Side::kOpen;
    }

    /// With s groups on the row's side and r on the reference's, the leaf counts in a coalition
    /// that holds all of the s and none of the r: (s-1)! r! / (s+r)! for a group of the s joining
    /// last, -s! (r-1)! / (s+r)! for one of the r.
    void spread(double leaf) {
        const std::size_t total = num_row_ + num_reference_;
        double choose = 1;  // total over num_row_
        for (std::size_t i = 1; i <= num_row_; ++i) {
            choose = choose * static_cast<double>(total - num_row_ + i) / static_cast<double>(i);
        }
        for (std::size_t i = 0; i < total; ++i) {
            const std::uint32_t group = chosen_[i];
            if (side_[group] == Side::kRow) {
                values_[group] += leaf / (static_cast<double>(num_row_) * choose);
            } else {
                values_[group] -= leaf / (static_cast<double>(num_reference_) * choose);
            }
        }
    }

    std::span<const TreeNode> nodes_;
    std::span<const float> row_;
    std::span<const float> reference_;
    std::span<const std::uint32_t> group_of_;
    std::span<double> values_;
    std::vector<Side> side_;
    std::array<std::uint32_t, TreeEnsemble::kMaxDepth> chosen_{};
    std::size_t num_row_ = 0;
    std::size_t num_reference_ = 0;
};

}  // namespace

double logistic(double margin) {
    return 1.0 / (1.0 + std::exp(-margin));
}

Result<TreeEnsemble> TreeEnsemble::create(std::size_t num_features, double base_margin,
                                          std::vector<TreeNode> nodes,
                                          std::vector<std::uint32_t> tree_begin) {
    if (!std::isfinite(base_margin)) {
        return fail(ErrorCode::kCorrupt, "trees: the base margin is not finite");
    }
    if (tree_begin.empty() != nodes.empty() || (!tree_begin.empty() && tree_begin.front() != 0)) {
        return fail(ErrorCode::kCorrupt, "trees: {} nodes, {} trees", nodes.size(),
                    tree_begin.size());
    }
    TreeEnsemble ensemble;
    for (std::size_t t = 0; t < tree_begin.size(); ++t) {
        const std::size_t end = t + 1 < tree_begin.size() ? tree_begin[t + 1] : nodes.size();
        if (tree_begin[t] >= end || end > nodes.size()) {
            return fail(ErrorCode::kCorrupt, "tree {}: nodes [{}, {}) of {}", t, tree_begin[t], end,
                        nodes.size());
        }
        ATTUNE_ASSIGN(const std::size_t depth, check_tree(nodes, tree_begin[t], end, num_features));
        ensemble.depth_ = std::max(ensemble.depth_, depth);
    }
    ensemble.num_features_ = num_features;
    ensemble.base_margin_ = base_margin;
    ensemble.nodes_ = std::move(nodes);
    ensemble.tree_begin_ = std::move(tree_begin);
    return ensemble;
}

TreeEnsemble TreeEnsemble::on_columns(std::span<const std::size_t> column_of,
                                      std::size_t num_columns) const {
    ATTUNE_ASSERT(column_of.size() >= num_features_);
    TreeEnsemble moved = *this;
    moved.num_features_ = num_columns;
    for (TreeNode& node : moved.nodes_) {
        if (node.feature < 0) continue;
        const std::size_t column = column_of[static_cast<std::size_t>(node.feature)];
        ATTUNE_ASSERT(column < num_columns);
        node.feature = static_cast<std::int32_t>(column);
    }
    return moved;
}

template <typename TreeAt, typename Visit>
void TreeEnsemble::visit_leaves(std::span<const float> row, std::size_t num_visited,
                                const TreeAt& tree_at, const Visit& visit) const {
    ATTUNE_ASSERT(row.size() >= num_features_);
    // Several trees at a time, level by level and without a branch on where a row goes: which way
    // it takes cannot be foreseen, and a wrong guess costs more than a level.
    constexpr std::size_t kAtOnce = 8;
    std::array<std::uint32_t, kAtOnce> at{};
    for (std::size_t first = 0; first < num_visited; first += kAtOnce) {
        const std::size_t count = std::min(kAtOnce, num_visited - first);
        // Beyond the last tree the lanes walk it again, and nobody asks where they got to.
        for (std::size_t t = 0; t < kAtOnce; ++t) {
            at[t] = tree_begin_[tree_at(first + std::min(t, count - 1))];
        }
        for (std::size_t level = 0; level < depth_; ++level) {
            for (std::uint32_t& place : at) {
                const TreeNode& node = nodes_[place];
                const bool is_leaf = node.feature < 0;
                const float value = row[is_leaf ? 0 : static_cast<std::size_t>(node.feature)];
                const std::uint32_t unknown = std::isnan(value) ? node.missing : 0;
                const std::uint32_t right = (value >= node.value ? 1U : 0U) | unknown;
                place = is_leaf ? place : node.child + right;
            }
        }
        for (std::size_t t = 0; t < count; ++t) visit(tree_at(first + t), nodes_[at[t]].value);
    }
}

double TreeEnsemble::margin(std::span<const float> row) const {
    double sum = base_margin_;
    visit_leaves(
        row, num_trees(), [](std::size_t tree) { return tree; },
        [&](std::size_t, float value) { sum += value; });
    return sum;
}

std::vector<float> TreeEnsemble::leaf_values(std::span<const float> row) const {
    std::vector<float> values(num_trees());
    visit_leaves(
        row, num_trees(), [](std::size_t tree) { return tree; },
        [&](std::size_t tree, float value) { values[tree] = value; });
    return values;
}

void TreeEnsemble::update_leaf_values(std::span<const float> row,
                                      std::span<const std::uint32_t> trees,
                                      std::span<float> values) const {
    ATTUNE_ASSERT(values.size() == num_trees());
    visit_leaves(
        row, trees.size(), [&](std::size_t i) { return trees[i]; },
        [&](std::size_t tree, float value) { values[tree] = value; });
}

double TreeEnsemble::sum_of(std::span<const float> leaf_values) const {
    double sum = base_margin_;
    for (const float value : leaf_values) sum += value;
    return sum;
}

std::vector<std::vector<std::uint32_t>> TreeEnsemble::trees_by_group(
    std::span<const std::uint32_t> group_of, std::size_t num_groups) const {
    ATTUNE_ASSERT(group_of.size() >= num_features_);
    std::vector<std::vector<std::uint32_t>> trees(num_groups);
    for (std::uint32_t tree = 0; tree < num_trees(); ++tree) {
        const std::size_t end = tree + 1 < num_trees() ? tree_begin_[tree + 1] : nodes_.size();
        for (std::size_t n = tree_begin_[tree]; n < end; ++n) {
            if (nodes_[n].feature < 0) continue;
            auto& of_group = trees[group_of[static_cast<std::size_t>(nodes_[n].feature)]];
            if (of_group.empty() || of_group.back() != tree) of_group.push_back(tree);
        }
    }
    return trees;
}

double TreeEnsemble::probability(std::span<const float> row) const {
    return logistic(margin(row));
}

void TreeEnsemble::shapley(std::span<const float> row, std::span<const float> reference,
                           std::span<const std::uint32_t> group_of,
                           std::span<double> values) const {
    ATTUNE_ASSERT(row.size() >= num_features_ && reference.size() >= num_features_);
    ATTUNE_ASSERT(group_of.size() >= num_features_);
    std::fill(values.begin(), values.end(), 0.0);
    ShapleyWalk walk(nodes_, row, reference, group_of, values);
    for (const std::uint32_t root : tree_begin_) walk.visit(root);
}

void TreeEnsemble::save(BinaryWriter& writer) const {
    writer.number<std::uint64_t>(num_features_);
    writer.number(base_margin_);
    writer.array(nodes_);
    writer.array(tree_begin_);
}

Result<TreeEnsemble> TreeEnsemble::load(BinaryReader& reader) {
    const auto num_features = reader.number<std::uint64_t>();
    const auto base_margin = reader.number<double>();
    auto nodes = reader.array<TreeNode>();
    auto tree_begin = reader.array<std::uint32_t>();
    ATTUNE_TRY(reader.status());
    return create(num_features, base_margin, std::move(nodes), std::move(tree_begin));
}

}  // namespace attune
