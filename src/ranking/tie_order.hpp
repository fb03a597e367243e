#pragma once

#include <cstdint>
#include <vector>

#include "features/catalogue.hpp"
#include "text/tokenizer.hpp"

namespace attune {

/// The order in which products of one category go when a model scores them alike, as models of
/// categories do: what suits many comes before what suits few, so that nobody in particular is
/// offered a guarantee for a parent's visa before a plain term deposit.
///
/// In turn: (1) fewer special conditions: an age from which or up to which few are, an occupation,
/// an income, a revenue, terms made for each customer; (2) a plainer name, which has fewer words
/// that few names of the category have (the sum of -ln of the share of them that have the word, in
/// whole numbers; words of the brand do not count); (3) fewer notes to check; (4) lower fees that
/// are due every period; (5) a better rate: the highest that is paid on deposits, the lowest that
/// is asked for loans; (6) the id. Products without a category keep the order of their indexes.
///
/// Fees and rates are compared as published: they hide terms that no list can weigh.
///
/// @return  for each product its place among all; lower first
/// @cost    O(catalogue), once
std::vector<std::uint32_t> make_tie_order(const Catalogue& catalogue, const Tokenizer& tokenizer);

}  // namespace attune
