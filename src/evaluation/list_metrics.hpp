#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "features/catalogue.hpp"

namespace attune {

/// How alike two products are: symmetric, in [0, 1], 1 for the same. Called from many threads.
using SimilarityFunction = std::function<double(ProductIndex, ProductIndex)>;

/// Words in common of all words (Jaccard) in name, category, description and features; words are
/// runs of ASCII letters and digits, lower case, and of other bytes as they are. Products without
/// any word are alike only to themselves.
/// @source Jaccard, 1901
SimilarityFunction word_similarity(const Catalogue& catalogue);

/// 1 - mean similarity of the pairs of the list; 0 for fewer than two products.
/// @source Ziegler et al., WWW 2005 (intra-list similarity); Zhang, Hurley, RecSys 2008 (as a
///         distance)
double intra_list_diversity(std::span<const ProductIndex> list,
                            const SimilarityFunction& similarity);

/// What it tells to see a product, -log2 of the share of customers who have it, by product, in
/// bits. A product that nobody has counts as if one customer had it.
///
/// @param num_customers_with  by product
/// @param num_customers       of whom the share is taken; at least 1 is assumed
/// @source Zhou et al., PNAS 107(10), 2010; Castells, Vargas, Wang, DDR 2011
std::vector<double> self_information_bits(std::span<const std::size_t> num_customers_with,
                                          std::size_t num_customers);

/// Mean self-information of the list in bits, 0 for an empty one.
double novelty_bits(std::span<const ProductIndex> list, std::span<const double> information_bits);

/// Share of the candidates that stand in at least one of the lists, given as one run.
/// @source Ge, Delgado-Battenfeld, Jannach, RecSys 2010
double catalogue_coverage(std::span<const ProductIndex> products_of_all_lists,
                          std::size_t num_candidates);

}  // namespace attune
