#include "evaluation/list_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "core/hash.hpp"

namespace attune {
namespace {

bool is_word_byte(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value >= '0' && value <= '9') || (value >= 'A' && value <= 'Z') ||
           (value >= 'a' && value <= 'z') || value >= 0x80;
}

char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

void add_words(std::string_view text, std::vector<std::uint64_t>& words) {
    std::string word;
    for (const char byte : text) {
        if (is_word_byte(byte)) {
            word.push_back(lower(byte));
        } else if (!word.empty()) {
            words.push_back(hash64(word));
            word.clear();
        }
    }
    if (!word.empty()) words.push_back(hash64(word));
}

/// Hashes of the distinct words, ascending.
std::vector<std::uint64_t> words_of(const Product& product) {
    std::vector<std::uint64_t> words;
    add_words(product.name, words);
    add_words(product.category, words);
    add_words(product.description, words);
    for (const ProductFeature& feature : product.features) {
        add_words(feature.type, words);
        add_words(feature.text, words);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    std::size_t num_common = 0;
    for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
        if (*i == *j) {
            ++num_common;
            ++i;
            ++j;
        } else if (*i < *j) {
            ++i;
        } else {
            ++j;
        }
    }
    const std::size_t num_all = a.size() + b.size() - num_common;
    return num_all == 0 ? 0 : static_cast<double>(num_common) / static_cast<double>(num_all);
}

}  // namespace

SimilarityFunction word_similarity(const Catalogue& catalogue) {
    auto words = std::make_shared<std::vector<std::vector<std::uint64_t>>>();
    for (const Product& product : catalogue.products()) words->push_back(words_of(product));
    return [words = std::move(words)](ProductIndex a, ProductIndex b) {
        return a == b ? 1.0 : jaccard((*words)[a.at()], (*words)[b.at()]);
    };
}

double intra_list_diversity(std::span<const ProductIndex> list,
                            const SimilarityFunction& similarity) {
    if (list.size() < 2) return 0;
    double sum = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        for (std::size_t j = i + 1; j < list.size(); ++j) sum += similarity(list[i], list[j]);
    }
    const auto length = static_cast<double>(list.size());
    return 1 - sum / (length * (length - 1) / 2);
}

std::vector<double> self_information_bits(std::span<const std::size_t> num_customers_with,
                                          std::size_t num_customers) {
    const auto total = static_cast<double>(std::max<std::size_t>(num_customers, 1));
    std::vector<double> bits;
    for (const std::size_t count : num_customers_with) {
        bits.push_back(std::log2(total / static_cast<double>(std::max<std::size_t>(count, 1))));
    }
    return bits;
}

double novelty_bits(std::span<const ProductIndex> list, std::span<const double> information_bits) {
    if (list.empty()) return 0;
    double sum = 0;
    for (const ProductIndex product : list) sum += information_bits[product.at()];
    return sum / static_cast<double>(list.size());
}

double catalogue_coverage(std::span<const ProductIndex> products_of_all_lists,
                          std::size_t num_candidates) {
    if (num_candidates == 0) return 0;
    std::vector<ProductIndex> distinct(products_of_all_lists.begin(), products_of_all_lists.end());
    std::sort(distinct.begin(), distinct.end());
    const auto end = std::unique(distinct.begin(), distinct.end());
    return static_cast<double>(end - distinct.begin()) / static_cast<double>(num_candidates);
}

}  // namespace attune
