#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/assert.hpp"
#include "math/kmeans.hpp"

namespace attune {

Silhouette::Silhouette(std::span<const float> points, std::size_t num_columns, ThreadPool& pool)
    : num_points_(points.size() / num_columns), distances_(num_points_ * num_points_) {
    constexpr std::size_t kRowsAtOnce = 32;
    const auto point = [&](std::size_t i) {
        return Eigen::Map<const Eigen::ArrayXf>(points.data() + i * num_columns,
                                                static_cast<Eigen::Index>(num_columns));
    };
    pool.parallel_for(num_points_, kRowsAtOnce,
                      [&](std::size_t begin, std::size_t end, std::size_t) {
                          for (std::size_t i = begin; i < end; ++i) {
                              for (std::size_t j = 0; j < num_points_; ++j) {
                                  distances_[i * num_points_ + j] =
                                      std::sqrt((point(i) - point(j)).square().sum());
                              }
                          }
                      });
}

double Silhouette::mean(std::span<const std::uint32_t> cluster_of, std::size_t num_clusters) const {
    ATTUNE_ASSERT(cluster_of.size() == num_points_);
    std::vector<double> sizes(num_clusters, 0);
    for (const std::uint32_t cluster : cluster_of) sizes[cluster] += 1;
    double total = 0;
    std::vector<double> sums(num_clusters);
    for (std::size_t i = 0; i < num_points_; ++i) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t j = 0; j < num_points_; ++j) {
            sums[cluster_of[j]] += distances_[i * num_points_ + j];
        }
        const std::uint32_t own = cluster_of[i];
        if (sizes[own] < 2) continue;
        const double inside = sums[own] / (sizes[own] - 1);
        double outside = std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < num_clusters; ++k) {
            if (k != own && sizes[k] > 0) outside = std::min(outside, sums[k] / sizes[k]);
        }
        const double larger = std::max(inside, outside);
        if (std::isfinite(larger) && larger > 0) total += (outside - inside) / larger;
    }
    return num_points_ == 0 ? 0 : total / static_cast<double>(num_points_);
}

}  // namespace attune
