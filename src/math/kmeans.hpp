#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/thread_pool.hpp"

namespace attune {

struct KMeansOptions {
    std::size_t num_clusters = 8;  ///< >= 1
    std::size_t max_iterations = 50;
    std::size_t num_starts = 1;  ///< the best of so many seedings is kept; >= 1
    std::uint64_t seed = 1;
};

struct Clustering {
    std::size_t num_clusters = 0;           ///< fewer than asked for when the points are few
    std::vector<float> centroids;           ///< num_clusters x columns, by rows
    std::vector<std::uint32_t> cluster_of;  ///< one per point
    double inertia = 0;                     ///< sum of the squared distances to the centroids
};

/// Groups points around their means. The result depends on the seed and the order of the points,
/// not on the number of threads. No cluster is empty.
///
/// @param points  (num_points x num_columns) by rows, finite
/// @cost          O(points x clusters x columns) per iteration
/// @source        Lloyd, IEEE Trans. Information Theory 28(2), 1982; seeded by k-means++: Arthur,
///                Vassilvitskii, SODA 2007
Clustering kmeans(std::span<const float> points, std::size_t num_columns,
                  const KMeansOptions& options, ThreadPool& pool);

/// The row of `centroids` that is closest, the first of equals. @pre at least one row
std::size_t nearest_centroid(std::span<const float> point, std::span<const float> centroids);

/// How much closer points are to their own cluster than to the next one. Holds the distances
/// between the points, so that several clusterings of them can be compared.
///
/// @cost    O(points^2) memory
/// @source  Rousseeuw, J. Computational and Applied Mathematics 20, 1987; exact, for the points
///          given: for many customers give a sample
class Silhouette {
 public:
    Silhouette(std::span<const float> points, std::size_t num_columns, ThreadPool& pool);

    /// The mean over the points, in [-1, 1]; a point alone in its cluster counts 0, and so does a
    /// single cluster.
    [[nodiscard]] double mean(std::span<const std::uint32_t> cluster_of,
                              std::size_t num_clusters) const;

 private:
    std::size_t num_points_;
    std::vector<float> distances_;  ///< num_points x num_points
};

}  // namespace attune
