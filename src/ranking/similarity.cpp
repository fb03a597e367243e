#include "ranking/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "core/hash.hpp"
#include "text/sparse_vector.hpp"
#include "text/tfidf.hpp"

namespace attune {
namespace {

constexpr std::size_t kMostTerms = 24;  // of a product; a cosine then takes well under 1 us

std::string text_of(const Product& product) {
    std::string text = product.name + "\n" + product.description;
    for (const ProductFeature& feature : product.features) {
        text += "\n" + feature.type + " " + feature.text;
    }
    // "DIGITAL_WALLET" is two words.
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

/// The strongest terms, at unit length.
SparseVector strongest(const SparseVector& vector) {
    std::vector<std::size_t> order(vector.terms.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto kept = static_cast<std::ptrdiff_t>(std::min(order.size(), kMostTerms));
    std::partial_sort(
        order.begin(), order.begin() + kept, order.end(), [&](std::size_t a, std::size_t b) {
            return vector.weights[a] != vector.weights[b] ? vector.weights[a] > vector.weights[b]
                                                          : a < b;
        });
    order.resize(static_cast<std::size_t>(kept));
    std::sort(order.begin(), order.end());
    SparseVector cut;
    for (const std::size_t position : order) {
        cut.terms.push_back(vector.terms[position]);
        cut.weights.push_back(vector.weights[position]);
    }
    const double length = norm(cut);
    for (double& weight : cut.weights) weight /= length > 0 ? length : 1;
    return cut;
}

std::vector<SparseVector> text_vectors(const Catalogue& catalogue, const Tokenizer& tokenizer) {
    std::vector<std::vector<std::string>> documents;
    for (const Product& product : catalogue.products()) {
        documents.push_back(tokenizer.terms(text_of(product)));
    }
    const TfIdf tfidf = TfIdf::fit(documents);
    std::vector<SparseVector> vectors;
    for (const auto& terms : documents) vectors.push_back(strongest(tfidf.vector(terms)));
    return vectors;
}

class CatalogueSimilarity final : public ProductSimilarity {
 public:
    CatalogueSimilarity(const Catalogue& catalogue, const SimilarityWeights& weights,
                        std::vector<SparseVector> texts)
        : texts_(std::move(texts)) {
        const double sum = weights.category + weights.brand + weights.text;
        weights_ = {weights.category / sum, weights.brand / sum, weights.text / sum};
        for (const Product& product : catalogue.products()) {
            traits_.push_back({hash64(product.category), hash64(product.brand),
                               !product.category.empty(), !product.brand.empty()});
        }
    }

    [[nodiscard]] double between(ProductIndex a, ProductIndex b) const override {
        if (a == b) return 1;
        const Traits& x = traits_[a.at()];
        const Traits& y = traits_[b.at()];
        double similarity = weights_.text * dot(texts_[a.at()], texts_[b.at()]);
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
    };

    SimilarityWeights weights_;
    std::vector<Traits> traits_;
    std::vector<SparseVector> texts_;
};

}  // namespace

Result<std::unique_ptr<const ProductSimilarity>> make_catalogue_similarity(
    const Catalogue& catalogue, const SimilarityWeights& weights, const Tokenizer& tokenizer) {
    double sum = 0;
    for (const double weight : {weights.category, weights.brand, weights.text}) {
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
    return std::make_unique<const CatalogueSimilarity>(catalogue, weights,
                                                       text_vectors(catalogue, tokenizer));
}

}  // namespace attune
