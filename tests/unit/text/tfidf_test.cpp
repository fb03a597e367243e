#include "text/tfidf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Documents = std::vector<std::vector<std::string>>;

const Documents kSmall{
    {"loan", "home", "loan", "rate"}, {"save", "rate"}, {"card", "rate", "home"}};

TEST(TfIdf, MatchesTheFormulaByHand) {
    const TfIdf tfidf = TfIdf::fit(kSmall);
    EXPECT_THAT(tfidf.vocabulary(), ElementsAre("card", "home", "loan", "rate", "save"));
    EXPECT_EQ(tfidf.num_documents(), 3U);
    EXPECT_EQ(tfidf.num_terms(), 5U);
    // ln(3 / 1), ln(3 / 2), and ln(3 / 3) for the word that all have.
    EXPECT_DOUBLE_EQ(tfidf.idf(*tfidf.find("loan")), 1.0986122886681098);
    EXPECT_DOUBLE_EQ(tfidf.idf(*tfidf.find("home")), 0.4054651081081644);
    EXPECT_EQ(tfidf.idf(*tfidf.find("rate")), 0);
    EXPECT_DOUBLE_EQ(tfidf.highest_idf(), 1.0986122886681098);
    EXPECT_EQ(tfidf.find("gold"), std::nullopt);

    // 2/4 ln 3 of loan and 1/4 ln 1.5 of home.
    const SparseVector first = tfidf.vector(kSmall[0]);
    EXPECT_THAT(first.terms, ElementsAre(1, 2));
    EXPECT_DOUBLE_EQ(first.weights[0], 0.1013662770270411);
    EXPECT_DOUBLE_EQ(first.weights[1], 0.5493061443340549);
    // Against the third, 1/3 ln 3 of card and 1/3 ln 1.5 of home: only home is shared.
    const SparseVector third = tfidf.vector(kSmall[2]);
    EXPECT_DOUBLE_EQ(norm(first), 0.5585806676939942);
    EXPECT_NEAR(cosine(first, third), 0.0628328533646522, 1e-15);
    EXPECT_EQ(cosine(first, tfidf.vector(kSmall[1])), 0);
}

TEST(TfIdf, CountsUnknownWordsInTheLengthOnly) {
    const TfIdf tfidf = TfIdf::fit(kSmall);
    const std::vector<std::string> text{"loan", "gold"};
    const SparseVector vector = tfidf.vector(text);
    EXPECT_THAT(vector.terms, ElementsAre(2));
    EXPECT_DOUBLE_EQ(vector.weights[0], 0.5493061443340549);
    EXPECT_THAT(tfidf.vector(std::vector<std::string>{}).terms, IsEmpty());
}

TEST(TfIdf, OfNothingKnowsNothing) {
    const TfIdf tfidf = TfIdf::fit({});
    EXPECT_EQ(tfidf.num_terms(), 0U);
    EXPECT_EQ(tfidf.highest_idf(), 0);
    EXPECT_THAT(tfidf.vector(kSmall[0]).terms, IsEmpty());
    EXPECT_EQ(cosine({}, {}), 0);
}

Documents any_documents() {
    const auto words = *rc::gen::container<std::vector<std::vector<int>>>(
        rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12)));
    Documents documents;
    for (const auto& document : words) {
        auto& terms = documents.emplace_back();
        for (const int word : document) terms.push_back("w" + std::to_string(word));
    }
    return documents;
}

void expect_property(const std::string& name, const std::function<void()>& property) {
    EXPECT_TRUE(rc::check(name, property)) << name;
}

TEST(TfIdf, CosinesLieBetweenZeroAndOne) {
    expect_property("bounds, symmetry, identity", [] {
        const Documents documents = any_documents();
        const TfIdf tfidf = TfIdf::fit(documents);
        std::vector<SparseVector> vectors;
        for (const auto& document : documents) vectors.push_back(tfidf.vector(document));
        for (const SparseVector& a : vectors) {
            RC_ASSERT(std::is_sorted(a.terms.begin(), a.terms.end()));
            if (!a.terms.empty()) RC_ASSERT(std::abs(cosine(a, a) - 1) < 1e-12);
            for (const SparseVector& b : vectors) {
                const double similarity = cosine(a, b);
                RC_ASSERT(similarity >= 0 && similarity <= 1);
                RC_ASSERT(similarity == cosine(b, a));
            }
        }
    });
}

TEST(TfIdf, DoesNotDependOnOrder) {
    expect_property("permutation invariance", [] {
        Documents documents = any_documents();
        RC_PRE(!documents.empty());
        const TfIdf tfidf = TfIdf::fit(documents);
        const SparseVector before = tfidf.vector(documents.front());
        std::vector<std::string> reversed = documents.front();
        std::reverse(reversed.begin(), reversed.end());
        std::reverse(documents.begin(), documents.end());
        const TfIdf again = TfIdf::fit(documents);
        RC_ASSERT(again.vocabulary() == tfidf.vocabulary());
        RC_ASSERT(again.vector(reversed) == before);
    });
}

TEST(TfIdf, SurvivesSaving) {
    const TfIdf tfidf = TfIdf::fit(kSmall);
    BinaryWriter writer;
    tfidf.save(writer);
    BinaryReader reader(writer.bytes());
    const TfIdf loaded = TfIdf::load(reader).value();
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(loaded.vector(kSmall[0]), tfidf.vector(kSmall[0]));
}

TEST(TfIdf, RefusesDamage) {
    BinaryWriter writer;
    TfIdf::fit(kSmall).save(writer);
    for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
        BinaryReader reader(std::string_view(writer.bytes()).substr(0, size));
        const auto loaded = TfIdf::load(reader);
        ASSERT_FALSE(loaded.has_value()) << size;
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
    for (std::size_t bit = 0; bit < 8 * writer.bytes().size(); ++bit) {
        std::string bytes = writer.bytes();
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        BinaryReader reader(bytes);
        const auto loaded = TfIdf::load(reader);
        if (!loaded) continue;
        for (std::uint32_t term = 0; term < loaded->num_terms(); ++term) {
            EXPECT_TRUE(std::isfinite(loaded->idf(term)) && loaded->idf(term) >= 0);
        }
    }
}

}  // namespace
}  // namespace attune
