#include "math/kmeans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/random.hpp"

namespace attune {
namespace {

/// `per_cluster` points around each of `num_clusters` far centres in three dimensions.
std::vector<float> planted(std::size_t num_clusters, std::size_t per_cluster, double spread = 0.3) {
    Random random(3);
    std::vector<float> points;
    for (std::size_t i = 0; i < num_clusters * per_cluster; ++i) {
        const std::size_t cluster = i % num_clusters;
        for (std::size_t c = 0; c < 3; ++c) {
            const double centre = 5.0 * static_cast<double>((cluster >> c) & 1);
            points.push_back(static_cast<float>(centre + spread * random.normal()));
        }
    }
    return points;
}

TEST(KMeans, RecoversPlantedClusters) {
    ThreadPool pool(2);
    const auto points = planted(8, 300);
    const Clustering found = kmeans(points, 3, {8, 50, 5, 1}, pool);
    ASSERT_EQ(found.num_clusters, 8U);
    std::set<std::pair<std::size_t, std::uint32_t>> pairs;
    for (std::size_t i = 0; i < found.cluster_of.size(); ++i) {
        pairs.emplace(i % 8, found.cluster_of[i]);
    }
    EXPECT_EQ(pairs.size(), 8U);  // one cluster to one centre
    EXPECT_NEAR(found.inertia, 2400 * 3 * 0.09, 60);
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(nearest_centroid(std::span(points).subspan(3 * i, 3), found.centroids),
                  found.cluster_of[i]);
    }
}

TEST(KMeans, DoesNotDependOnThreads) {
    ThreadPool one(1);
    ThreadPool three(3);
    const auto points = planted(8, 700, 2.0);
    const Clustering a = kmeans(points, 3, {6, 20, 2, 9}, one);
    const Clustering b = kmeans(points, 3, {6, 20, 2, 9}, three);
    EXPECT_EQ(a.centroids, b.centroids);
    EXPECT_EQ(a.cluster_of, b.cluster_of);
    EXPECT_EQ(a.inertia, b.inertia);
}

TEST(KMeans, HasNoMoreClustersThanDifferentPoints) {
    ThreadPool pool(1);
    const std::vector<float> points{1, 1, 1, 2, 2, 1};
    const Clustering found = kmeans(points, 1, {5, 10, 1, 1}, pool);
    EXPECT_EQ(found.num_clusters, 2U);
    EXPECT_NEAR(found.inertia, 0, 1e-6);
    EXPECT_EQ(kmeans({}, 4, {}, pool).num_clusters, 0U);
}

TEST(Silhouette, MatchesTheFormulaByHand) {
    ThreadPool pool(1);
    // 0 and 1 against 5: (5 - 1) / 5, (4 - 1) / 4, and 0 for the one alone.
    const std::vector<float> points{0, 1, 5};
    const Silhouette silhouette(points, 1, pool);
    const std::vector<std::uint32_t> split{0, 0, 1};
    EXPECT_NEAR(silhouette.mean(split, 2), (0.8 + 0.75 + 0) / 3, 1e-7);
    const std::vector<std::uint32_t> wrong{0, 1, 0};
    EXPECT_NEAR(silhouette.mean(wrong, 2), (-0.8 + 0 - 0.2) / 3, 1e-7);
    EXPECT_EQ(silhouette.mean(std::vector<std::uint32_t>{0, 0, 0}, 1), 0);
    EXPECT_EQ(Silhouette({}, 1, pool).mean({}, 0), 0);
}

TEST(Silhouette, IsHighestForThePlantedNumber) {
    ThreadPool pool(2);
    const auto points = planted(4, 100);
    const Silhouette silhouette(points, 3, pool);
    std::size_t best = 0;
    double best_mean = -1;
    for (std::size_t k = 2; k <= 8; ++k) {
        const Clustering found = kmeans(points, 3, {k, 50, 5, 1}, pool);
        const double mean = silhouette.mean(found.cluster_of, found.num_clusters);
        EXPECT_LE(std::abs(mean), 1);
        if (mean > best_mean) best = k;
        best_mean = std::max(best_mean, mean);
    }
    EXPECT_EQ(best, 4U);
    EXPECT_GT(best_mean, 0.8);
}

}  // namespace
}  // namespace attune
