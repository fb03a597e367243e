#include "ranking/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "core/hash.hpp"

namespace attune {
namespace {

/// Letters and digits of ASCII in lower case, and every byte of other scripts.
bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 128;
}

std::vector<std::uint64_t> word_hashes(std::string_view name) {
    std::vector<std::uint64_t> hashes;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) hashes.push_back(hash64(word));
        word.clear();
    };
    for (char c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (is_word_byte(c)) {
            word += c;
        } else {
            end_word();
        }
    }
    end_word();
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    return hashes;
}

double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    std::size_t num_common = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i] == b[j]) ++num_common;
        const bool step_a = a[i] <= b[j];
        const bool step_b = b[j] <= a[i];
        if (step_a) ++i;
        if (step_b) ++j;
    }
    const std::size_t num_any = a.size() + b.size() - num_common;
    return num_any == 0 ? 0 : static_cast<double>(num_common) / static_cast<double>(num_any);
}

class CatalogueSimilarity final : public ProductSimilarity {
 public:
    CatalogueSimilarity(const Catalogue& catalogue, const SimilarityWeights& weights) {
        const double sum = weights.category + weights.brand + weights.name;
        weights_ = {weights.category / sum, weights.brand / sum, weights.name / sum};
        for (const Product& product : catalogue.products()) {
            traits_.push_back({hash64(product.category), hash64(product.brand),
                               !product.category.empty(), !product.brand.empty(),
                               word_hashes(product.name)});
        }
    }

    [[nodiscard]] double between(ProductIndex a, ProductIndex b) const override {
        if (a == b) return 1;
        const Traits& x = traits_[a.at()];
        const Traits& y = traits_[b.at()];
        double similarity = weights_.name * jaccard(x.words, y.words);
        if (x.has_category && y.has_category && x.category == y.category) {
            similarity += weights_.category;
        }
        if (x.has_brand && y.has_brand && x.brand == y.brand) similarity += weights_.brand;
        return std::min(similarity, 1.0);
    }

 private:
    struct Traits {
        std::uint64_t category = 0;
        std::uint64_t brand = 0;
        bool has_category = false;
        bool has_brand = false;
        std::vector<std::uint64_t> words;
    };

    SimilarityWeights weights_;
    std::vector<Traits> traits_;
};

}  // namespace

Result<std::unique_ptr<const ProductSimilarity>> make_catalogue_similarity(
    const Catalogue& catalogue, const SimilarityWeights& weights) {
    double sum = 0;
    for (const double weight : {weights.category, weights.brand, weights.name}) {
        if (!std::isfinite(weight) || weight < 0) {
            return fail(ErrorCode::kInvalidArgument,
                        "a weight of the products' similarity is {}; it takes a number of 0 or "
                        "more",
                        weight);
        }
        sum += weight;
    }
    if (!(sum > 0)) {
        return fail(ErrorCode::kInvalidArgument,
                    "the weights of the products' similarity are all 0; one must be positive");
    }
    return std::make_unique<const CatalogueSimilarity>(catalogue, weights);
}

}  // namespace attune
