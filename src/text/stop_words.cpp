#include "text/stop_words.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

constexpr auto kEnglish = std::to_array<std::string_view>({
    "a",       "about",     "above",     "after",      "again",  "against",    "all",      "also",
    "am",      "an",        "and",       "any",        "are",    "aren't",     "as",       "at",
    "be",      "because",   "been",      "before",     "being",  "below",      "between",  "both",
    "but",     "by",        "can",       "can't",      "cannot", "could",      "couldn't", "did",
    "didn't",  "do",        "does",      "doesn't",    "doing",  "don't",      "down",     "during",
    "each",    "etc",       "few",       "for",        "from",   "further",    "had",      "has",
    "hasn't",  "have",      "haven't",   "having",     "he",     "her",        "here",     "hers",
    "herself", "him",       "himself",   "his",        "how",    "i",          "i'm",      "i've",
    "if",      "in",        "into",      "is",         "isn't",  "it",         "it's",     "its",
    "itself",  "just",      "let's",     "may",        "me",     "might",      "more",     "most",
    "must",    "my",        "myself",    "no",         "nor",    "not",        "now",      "of",
    "off",     "on",        "once",      "only",       "or",     "other",      "ought",    "our",
    "ours",    "ourselves", "out",       "over",       "own",    "per",        "same",     "shall",
    "she",     "should",    "shouldn't", "so",         "some",   "such",       "than",     "that",
    "that's",  "the",       "their",     "theirs",     "them",   "themselves", "then",     "there",
    "these",   "they",      "they're",   "this",       "those",  "through",    "to",       "too",
    "under",   "until",     "up",        "upon",       "very",   "via",        "was",      "wasn't",
    "we",      "we'll",     "we're",     "we've",      "were",   "what",       "when",     "where",
    "which",   "while",     "who",       "whom",       "why",    "will",       "with",     "within",
    "without", "won't",     "would",     "wouldn't",   "you",    "you'll",     "you're",   "you've",
    "your",    "yours",     "yourself",  "yourselves",
});
static_assert(std::is_sorted(kEnglish.begin(), kEnglish.end()));

}  // namespace

std::span<const std::string_view> english_stop_words() {
    return kEnglish;
}

}  // namespace attune
