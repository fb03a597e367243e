#include "math/kmeans.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/assert.hpp"
#include "core/random.hpp"

namespace attune {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstRows = Eigen::Map<const Rows>;

// Sums are formed per chunk and added in the order of the chunks: no thread changes a bit.
constexpr std::size_t kChunk = 1024;

ConstRows as_rows(std::span<const float> values, std::size_t num_columns) {
    return {values.data(), static_cast<Eigen::Index>(values.size() / num_columns),
            static_cast<Eigen::Index>(num_columns)};
}

double squared_distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = static_cast<double>(a[i]) - b[i];
        sum += difference * difference;
    }
    return sum;
}

/// k-means++: each next centroid is a point drawn by its squared distance to those before.
std::vector<float> seed_centroids(std::span<const float> points, std::size_t num_columns,
                                  std::size_t num_clusters, Random& random) {
    const std::size_t num_points = points.size() / num_columns;
    const auto point = [&](std::size_t i) { return points.subspan(i * num_columns, num_columns); };
    std::vector<float> centroids;
    std::vector<double> distance(num_points, std::numeric_limits<double>::infinity());
    std::size_t chosen = random.below(num_points);
    for (;;) {
        const auto centroid = point(chosen);
        centroids.insert(centroids.end(), centroid.begin(), centroid.end());
        if (centroids.size() == num_clusters * num_columns) return centroids;
        double total = 0;
        for (std::size_t i = 0; i < num_points; ++i) {
            distance[i] = std::min(distance[i], squared_distance(point(i), centroid));
            total += distance[i];
        }
        // Every point is a centroid already: there are no more clusters than that.
        if (total <= 0) return centroids;
        double left = random.uniform() * total;
        chosen = num_points;
        for (std::size_t i = 0; i < num_points; ++i) {
            if (distance[i] <= 0) continue;
            chosen = i;
            left -= distance[i];
            if (left < 0) break;
        }
    }
}

/// Sums over the points of one chunk.
struct ChunkSums {
    std::vector<double> sums;   ///< clusters x columns
    std::vector<double> sizes;  ///< clusters
    double inertia = 0;
    std::size_t moved = 0;
};

class Lloyd {
 public:
    Lloyd(std::span<const float> points, std::size_t num_columns, std::vector<float> centroids,
          ThreadPool& pool)
        : points_(points), num_columns_(num_columns), pool_(pool) {
        result_.centroids = std::move(centroids);
        result_.num_clusters = result_.centroids.size() / num_columns;
        result_.cluster_of.assign(points.size() / num_columns, 0);
        chunks_.resize((result_.cluster_of.size() + kChunk - 1) / kChunk);
    }

    Clustering run(std::size_t max_iterations) {
        assign();
        for (std::size_t i = 0; i < max_iterations; ++i) {
            move_centroids();
            if (assign() == 0) break;
        }
        drop_empty_clusters();
        return std::move(result_);
    }

 private:
    /// Puts each point to its nearest centroid. Returns how many changed theirs.
    std::size_t assign() {
        const ConstRows centroids = as_rows(result_.centroids, num_columns_);
        const Eigen::RowVectorXf lengths = centroids.rowwise().squaredNorm().transpose();
        pool_.parallel_for(chunks_.size(), 1, [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t chunk = begin; chunk < end; ++chunk) {
                assign_chunk(chunk, centroids, lengths);
            }
        });
        result_.inertia = 0;
        std::size_t moved = 0;
        for (const ChunkSums& chunk : chunks_) {
            result_.inertia += chunk.inertia;
            moved += chunk.moved;
        }
        return moved;
    }

    void assign_chunk(std::size_t index, const ConstRows& centroids,
                      const Eigen::RowVectorXf& lengths) {
        ChunkSums& chunk = chunks_[index];
        chunk.sums.assign(result_.centroids.size(), 0);
        chunk.sizes.assign(result_.num_clusters, 0);
        chunk.inertia = 0;
        chunk.moved = 0;
        const std::size_t first = index * kChunk;
        const std::size_t count = std::min(kChunk, result_.cluster_of.size() - first);
        const ConstRows rows =
            as_rows(points_.subspan(first * num_columns_, count * num_columns_), num_columns_);
        Rows distance = rows * centroids.transpose() * -2.0F;
        distance.rowwise() += lengths;
        for (std::size_t i = 0; i < count; ++i) {
            const auto at = static_cast<Eigen::Index>(i);
            Eigen::Index nearest = 0;
            const double partial = distance.row(at).minCoeff(&nearest);
            chunk.inertia += std::max(0.0, partial + rows.row(at).squaredNorm());
            const auto cluster = static_cast<std::uint32_t>(nearest);
            if (result_.cluster_of[first + i] != cluster) ++chunk.moved;
            result_.cluster_of[first + i] = cluster;
            chunk.sizes[cluster] += 1;
            double* sum = &chunk.sums[cluster * num_columns_];
            for (std::size_t c = 0; c < num_columns_; ++c) {
                sum[c] += points_[(first + i) * num_columns_ + c];
            }
        }
    }

    void move_centroids() {
        std::vector<double> sums(result_.centroids.size(), 0);
        std::vector<double> sizes(result_.num_clusters, 0);
        for (const ChunkSums& chunk : chunks_) {
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += chunk.sums[i];
            for (std::size_t k = 0; k < sizes.size(); ++k) sizes[k] += chunk.sizes[k];
        }
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const double size = sizes[i / num_columns_];
            if (size > 0) result_.centroids[i] = static_cast<float>(sums[i] / size);
        }
    }

    void drop_empty_clusters() {
        std::vector<std::uint32_t> sizes(result_.num_clusters, 0);
        for (const std::uint32_t cluster : result_.cluster_of) ++sizes[cluster];
        std::vector<std::uint32_t> renamed(result_.num_clusters, 0);
        std::vector<float> kept;
        std::uint32_t next = 0;
        for (std::size_t cluster = 0; cluster < result_.num_clusters; ++cluster) {
            if (sizes[cluster] == 0) continue;
            renamed[cluster] = next++;
            const auto begin =
                result_.centroids.begin() + static_cast<std::ptrdiff_t>(cluster * num_columns_);
            kept.insert(kept.end(), begin, begin + static_cast<std::ptrdiff_t>(num_columns_));
        }
        for (std::uint32_t& cluster : result_.cluster_of) cluster = renamed[cluster];
        result_.centroids = std::move(kept);
        result_.num_clusters = next;
    }

    std::span<const float> points_;
    std::size_t num_columns_;
    ThreadPool& pool_;
    std::vector<ChunkSums> chunks_;
    Clustering result_;
};

}  // namespace

Clustering kmeans(std::span<const float> points, std::size_t num_columns,
                  const KMeansOptions& options, ThreadPool& pool) {
    ATTUNE_ASSERT(num_columns > 0 && points.size() % num_columns == 0);
    ATTUNE_ASSERT(options.num_clusters > 0 && options.num_starts > 0);
    if (points.empty()) return {};
    Random random(options.seed);
    Clustering best;
    for (std::size_t start = 0; start < options.num_starts; ++start) {
        Lloyd lloyd(points, num_columns,
                    seed_centroids(points, num_columns, options.num_clusters, random), pool);
        Clustering clustering = lloyd.run(options.max_iterations);
        if (start == 0 || clustering.inertia < best.inertia) best = std::move(clustering);
    }
    return best;
}

std::size_t nearest_centroid(std::span<const float> point, std::span<const float> centroids) {
    ATTUNE_ASSERT(!point.empty() && centroids.size() >= point.size());
    std::size_t nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t row = 0; row < centroids.size() / point.size(); ++row) {
        const double distance =
            squared_distance(point, centroids.subspan(row * point.size(), point.size()));
        if (distance < least) {
            least = distance;
            nearest = row;
        }
    }
    return nearest;
}

}  // namespace attune
