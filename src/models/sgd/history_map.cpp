#include "models/sgd/history_map.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace attune::sgd {
namespace {

/// H'H and H'X of a part of the customers, each row divided by the root of its length.
struct Sums {
    Eigen::MatrixXd gram;
    Eigen::MatrixXd cross;
};

Eigen::Map<const Eigen::VectorXf> as_vector(std::span<const float> row) {
    return {row.data(), static_cast<Eigen::Index>(row.size())};
}

Sums sums_of(const CsrMatrix& strengths, const FactorRows& customers, const FactorRows& products,
             std::size_t first, std::size_t last) {
    const Eigen::Index rank = static_cast<Eigen::Index>(products.num_factors());
    Eigen::MatrixXd histories(rank, static_cast<Eigen::Index>(last - first));
    Eigen::MatrixXd targets(rank, histories.cols());
    for (std::size_t c = first; c < last; ++c) {
        const auto columns = strengths.row_columns(c);
        const auto values = strengths.row_values(c);
        Eigen::VectorXf history = Eigen::VectorXf::Zero(rank);
        for (std::size_t at = 0; at < columns.size(); ++at) {
            history += values[at] * as_vector(products.row(columns[at]));
        }
        const auto position = static_cast<Eigen::Index>(c - first);
        const double scale =
            columns.empty() ? 0 : 1 / std::sqrt(static_cast<double>(columns.size()));
        histories.col(position) = scale * history.cast<double>();
        targets.col(position) = scale * as_vector(customers.row(c)).cast<double>();
    }
    Sums sums{Eigen::MatrixXd::Zero(rank, rank), histories * targets.transpose()};
    sums.gram.selfadjointView<Eigen::Lower>().rankUpdate(histories);
    return sums;
}

}  // namespace

Eigen::MatrixXd fit_history_map(const CsrMatrix& strengths, const FactorRows& customers,
                                const FactorRows& products, double relative_ridge,
                                ThreadPool& pool) {
    // Parts of a fixed size, added up in order: threads only share them out. Few at a time, for
    // each takes two matrices.
    constexpr std::size_t kPart = 1024;
    constexpr std::size_t kPartsAtOnce = 16;
    const Eigen::Index rank = static_cast<Eigen::Index>(products.num_factors());
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(rank, rank);
    Eigen::MatrixXd cross = gram;
    const std::size_t num_parts = (strengths.num_rows + kPart - 1) / kPart;
    for (std::size_t begin = 0; begin < num_parts; begin += kPartsAtOnce) {
        std::vector<Sums> parts(std::min(kPartsAtOnce, num_parts - begin));
        pool.parallel_for(parts.size(), 1, [&](std::size_t first, std::size_t last, std::size_t) {
            for (std::size_t p = first; p < last; ++p) {
                const std::size_t row = (begin + p) * kPart;
                parts[p] = sums_of(strengths, customers, products, row,
                                   std::min(row + kPart, strengths.num_rows));
            }
        });
        for (const Sums& part : parts) {
            gram += part.gram;
            cross += part.cross;
        }
    }
    const double mean = gram.trace() / static_cast<double>(rank);
    if (!(mean > 0)) return Eigen::MatrixXd::Zero(rank, rank);
    gram.diagonal().array() += relative_ridge * mean;
    return gram.selfadjointView<Eigen::Lower>().llt().solve(cross);
}

}  // namespace attune::sgd
