#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "text/stemmer.hpp"
#include "text/text_hash.hpp"

namespace attune {

/// Compatibility and case folding of one word (NFKC, full case folding, Turkish dotless i when
/// `turkic`, typographic apostrophes as "'"). Empty when nothing is left.
std::string fold_word(std::string_view word, bool turkic);

/// Turns words into terms and remembers those it has seen.
///
/// @threads  one thread at a time
class TokenFolder {
 public:
    /// @param stop_words  folded; must outlive the folder
    TokenFolder(std::optional<Stemmer> stemmer, const TextSet& stop_words, bool turkic)
        : stemmer_(std::move(stemmer)), stop_words_(&stop_words), turkic_(turkic) {}

    /// Empty for stop words. @lifetime valid until the next call
    const std::string& term(std::string_view word);

 private:
    std::optional<Stemmer> stemmer_;
    const TextSet* stop_words_;
    bool turkic_;
    std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> seen_;
};

}  // namespace attune
