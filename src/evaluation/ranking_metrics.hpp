#pragma once

#include <span>

#include "core/index.hpp"

namespace attune {

/// How well one list foresees one customer's products. Every value lies in [0, 1].
///
/// A product is relevant or not (binary gains); `relevant` counts all of them, whether or not they
/// fit into the list. A list shorter than k is judged as if it were filled with misses.
struct RankingScores {
    /// DCG / ideal DCG; DCG = sum of 1 / log2(1 + rank) over the hits; the ideal list has its
    /// min(k, relevant) first places hit. @source Jarvelin, Kekalainen, ACM TOIS 20(4), 2002
    double ndcg = 0;
    /// Hits / relevant: below 1 when more are relevant than fit.
    /// @source Manning, Raghavan, Schutze, Introduction to Information Retrieval, 2008, ch. 8
    double recall = 0;
    double precision = 0;  ///< hits / k. @source ibid.
    double f1 = 0;         ///< harmonic mean of the two, 0 without a hit. @source ibid.
    /// Sum over the hits of the precision at their rank / min(k, relevant): a list that could not
    /// be better has 1. Its mean over customers is MAP@k. @source ibid.; departure: the denominator
    double average_precision = 0;
    /// 1 / rank of the first hit, 0 without one. Its mean is MRR.
    /// @source Voorhees, TREC-8, 1999
    double reciprocal_rank = 0;
    double hit = 0;  ///< 1 when anything was hit. @source Deshpande, Karypis, ACM TOIS 22(1), 2004

    friend bool operator==(const RankingScores&, const RankingScores&) = default;
};

/// @param list      best first, without repeats; places beyond k are not looked at
/// @param relevant  ascending, distinct; all scores are 0 when there are none
/// @pre   k > 0
/// @cost  O(k log relevant)
RankingScores score_list(std::span<const ProductIndex> list, std::span<const ProductIndex> relevant,
                         std::size_t k);

}  // namespace attune
