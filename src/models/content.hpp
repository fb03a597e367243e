#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/recommender.hpp"
#include "text/tokenizer.hpp"

namespace attune {

struct ContentOptions {
    TokenizerOptions tokenizer{};
    // What a word of each list and an interaction of weight 1 count. All >= 0.
    double interest_weight = 1;
    double preference_weight = 1;
    double need_weight = 1.5;
    double event_weight = 1;
    double half_life_days = 180;  ///< of an interaction; 0: it never fades
    // How often the name and the category count against once for description and features. <= 100
    std::size_t name_repeats = 3;
    std::size_t category_repeats = 3;
    std::size_t max_evidence = 32;  ///< entries of an explanation; the smaller ones are lumped
};

/// Recommends products whose text is like what the customer wrote and dealt with.
///
/// score(p) = sum over words w of  list weight * idf(w) / ln N * v_p(w)
///          + sum over products h of the history of  event weight * ln(1 + s_h) * cos(v_h, v_p)
/// where v are TF-IDF vectors of unit length and s_h is the decayed sum of the weights of the
/// events with h. Nothing in it depends on the customer's other words and products, so each part
/// is exactly what taking it away would cost.
///
/// @errors kInvalidArgument: an option out of its range, a language without a stemmer
/// @cost   fit: O(text of the catalogue); score: O(words of the history + postings of its terms)
/// @source Salton, Buckley 1988 (see TfIdf); Pazzani, Billsus, The Adaptive Web, 2007, chapter 10;
///         departures: no normalisation by the length of the profile
Result<std::unique_ptr<Recommender>> fit_content(const TrainingData& data,
                                                 const ContentOptions& options);

/// Product vectors are made anew from the catalogue, so that products unknown to the training are
/// recommended too.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_content(BinaryReader& reader,
                                                  std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
