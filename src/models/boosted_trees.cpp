#include "models/boosted_trees.hpp"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace attune {
namespace {

constexpr int kNumThreads = 1;

Status check_call(int status, std::string_view what) {
    if (status == 0) return {};
    return fail(ErrorCode::kInternal, "XGBoost: {}: {}", what, XGBGetLastError());
}

struct FreeMatrix {
    void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
    void operator()(void* handle) const { XGBoosterFree(handle); }
};
using MatrixPointer = std::unique_ptr<void, FreeMatrix>;
using BoosterPointer = std::unique_ptr<void, FreeBooster>;

bool is_share(double value) {
    return value > 0 && value <= 1;
}

Status check_rows(const LabelledRows& rows) {
    if (rows.labels.empty() || rows.num_columns == 0 ||
        rows.values.size() != rows.labels.size() * rows.num_columns) {
        return fail(ErrorCode::kInvalidArgument, "boosted trees: {} values for {} rows of {}",
                    rows.values.size(), rows.labels.size(), rows.num_columns);
    }
    const auto infinite = std::find_if(rows.values.begin(), rows.values.end(),
                                       [](float value) { return std::isinf(value); });
    if (infinite != rows.values.end()) {
        const auto position = static_cast<std::size_t>(infinite - rows.values.begin());
        return fail(ErrorCode::kInvalidArgument, "boosted trees: row {}, column {} is infinite",
                    position / rows.num_columns, position % rows.num_columns);
    }
    for (const float label : rows.labels) {
        if (label != 0.0F && label != 1.0F) {
            return fail(ErrorCode::kInvalidArgument, "boosted trees: label {}, not 0 or 1", label);
        }
    }
    return {};
}

Result<MatrixPointer> make_matrix(const LabelledRows& rows) {
    DMatrixHandle handle = nullptr;
    ATTUNE_TRY(check_call(
        XGDMatrixCreateFromMat_omp(rows.values.data(), rows.labels.size(), rows.num_columns,
                                   std::numeric_limits<float>::quiet_NaN(), &handle, kNumThreads),
        "rows"));
    MatrixPointer matrix(handle);
    ATTUNE_TRY(check_call(
        XGDMatrixSetFloatInfo(handle, "label", rows.labels.data(), rows.labels.size()), "labels"));
    return matrix;
}

Result<BoosterPointer> make_booster(DMatrixHandle matrix, const BoostedTreesOptions& options) {
    BoosterHandle handle = nullptr;
    ATTUNE_TRY(check_call(XGBoosterCreate(&matrix, 1, &handle), "booster"));
    BoosterPointer booster(handle);
    const std::pair<const char*, std::string> settings[] = {
        {"verbosity", "0"},
        {"objective", "binary:logistic"},
        {"tree_method", "hist"},
        {"max_depth", std::to_string(options.max_depth)},
        {"eta", fmt::format("{}", options.learning_rate)},
        {"subsample", fmt::format("{}", options.row_sample)},
        {"colsample_bytree", fmt::format("{}", options.column_sample)},
        {"min_child_weight", fmt::format("{}", options.min_child_weight)},
        {"lambda", fmt::format("{}", options.l2)},
        // XGBoost keeps the seed in a signed integer.
        {"seed", std::to_string(options.seed & 0x7fff'ffffULL)},
        {"nthread", std::to_string(kNumThreads)},
    };
    for (const auto& [name, value] : settings) {
        ATTUNE_TRY(check_call(XGBoosterSetParam(handle, name, value.c_str()), name));
    }
    return booster;
}

/// Appends one tree of XGBoost's JSON model in breadth-first order, where siblings are neighbours
/// and stand behind their parent.
void append_tree(const nlohmann::json& tree, std::vector<TreeNode>& nodes) {
    const auto& left = tree.at("left_children");
    const auto& right = tree.at("right_children");
    const auto& feature = tree.at("split_indices");
    const auto& value = tree.at("split_conditions");
    const auto& default_left = tree.at("default_left");
    std::deque<std::size_t> open{0};  // theirs, in the order of ours
    std::size_t end = nodes.size() + 1;
    while (!open.empty()) {
        const std::size_t source = open.front();
        open.pop_front();
        TreeNode node;
        node.value = value.at(source).get<float>();
        if (left.at(source).get<int>() >= 0) {
            node.feature = feature.at(source).get<std::int32_t>();
            node.missing = default_left.at(source).get<int>() != 0 ? 0 : 1;
            node.child = static_cast<std::uint32_t>(end);
            end += 2;
            open.push_back(left.at(source).get<std::size_t>());
            open.push_back(right.at(source).get<std::size_t>());
        }
        nodes.push_back(node);
    }
}

/// Reads the model that XGBoost itself has just written.
Result<TreeEnsemble> to_ensemble(BoosterHandle booster, std::size_t num_features) {
    bst_ulong size = 0;
    const char* text = nullptr;
    ATTUNE_TRY(check_call(
        XGBoosterSaveModelToBuffer(booster, R"({"format": "json"})", &size, &text), "model"));
    try {
        const auto model = nlohmann::json::parse(std::string_view(text, size));
        const auto& learner = model.at("learner");
        const double base = std::stod(
            learner.at("learner_model_param").at("base_score").get_ref<const std::string&>());
        std::vector<TreeNode> nodes;
        std::vector<std::uint32_t> tree_begin;
        for (const auto& tree : learner.at("gradient_booster").at("model").at("trees")) {
            tree_begin.push_back(static_cast<std::uint32_t>(nodes.size()));
            append_tree(tree, nodes);
        }
        return TreeEnsemble::create(num_features, std::log(base / (1 - base)), std::move(nodes),
                                    std::move(tree_begin));
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInternal, "XGBoost: its model cannot be read: {}", error.what());
    }
}

}  // namespace

Status validate(const BoostedTreesOptions& options) {
    if (options.num_rounds == 0 || options.num_rounds > 100'000) {
        return fail(ErrorCode::kInvalidArgument, "boosted trees: {} rounds, 1 to 100000 are right",
                    options.num_rounds);
    }
    if (options.max_depth == 0 || options.max_depth > TreeEnsemble::kMaxDepth / 2) {
        return fail(ErrorCode::kInvalidArgument, "boosted trees: depth {}, 1 to {} are right",
                    options.max_depth, TreeEnsemble::kMaxDepth / 2);
    }
    if (!is_share(options.learning_rate) || !is_share(options.row_sample) ||
        !is_share(options.column_sample)) {
        return fail(ErrorCode::kInvalidArgument,
                    "boosted trees: learning rate {}, row sample {} and column sample {} must each "
                    "be above 0 and at most 1",
                    options.learning_rate, options.row_sample, options.column_sample);
    }
    if (!(options.min_child_weight >= 0) || !(options.l2 >= 0) ||
        !std::isfinite(options.min_child_weight) || !std::isfinite(options.l2)) {
        return fail(ErrorCode::kInvalidArgument,
                    "boosted trees: child weight {} and l2 {} must not be negative",
                    options.min_child_weight, options.l2);
    }
    return {};
}

Result<TreeEnsemble> fit_boosted_trees(const LabelledRows& rows, const BoostedTreesOptions& options,
                                       const std::function<bool()>& stop) {
    ATTUNE_TRY(validate(options));
    ATTUNE_TRY(check_rows(rows));
    // Holds for this thread only; building a matrix knows no verbosity of its own.
    ATTUNE_TRY(check_call(XGBSetGlobalConfig(R"({"verbosity": 0})"), "configuration"));
    ATTUNE_ASSIGN(const MatrixPointer matrix, make_matrix(rows));
    ATTUNE_ASSIGN(const BoosterPointer booster, make_booster(matrix.get(), options));
    for (std::size_t round = 0; round < options.num_rounds; ++round) {
        if (stop()) return fail(ErrorCode::kCancelled, "boosted trees: stopped on request");
        ATTUNE_TRY(check_call(
            XGBoosterUpdateOneIter(booster.get(), static_cast<int>(round), matrix.get()), "round"));
    }
    return to_ensemble(booster.get(), rows.num_columns);
}

}  // namespace attune
