#include <limits>

#include "core/hash.hpp"
#include "models/model_io.hpp"
#include "unit/models_propensity/bank_data.hpp"

namespace attune {
namespace {

Result<std::unique_ptr<Propensity>> load_bytes(std::string_view bytes) {
    BinaryReader reader(bytes);
    return Propensity::load(reader, bank_catalogue());
}

/// A small model, for tests that go through all of its bytes.
std::string small_model() {
    PropensityOptions options = quick_options();
    options.trees.num_rounds = 3;
    options.trees.max_depth = 2;
    BinaryWriter writer;
    fit_bank(bank_data(300, 21), options)->save(writer);
    return writer.bytes();
}

std::string with_checksum(const std::string& payload, std::uint32_t version = 1) {
    BinaryWriter writer;
    write_model_header(writer, "propensity", version);
    writer.number(hash64(payload));
    writer.text(payload);
    return writer.bytes();
}

TEST(PropensitySave, LoadedModelIsTheSame) {
    BinaryWriter writer;
    shared_model().save(writer);
    BinaryReader reader(writer.bytes());
    const auto loaded = load_propensity(reader, bank_catalogue());
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(reader.at_end());
    BinaryWriter again;
    (*loaded)->save(again);
    EXPECT_EQ(again.bytes(), writer.bytes());
    Random random(22);
    for (std::size_t c = 0; c < 50; ++c) {
        const Customer customer = bank_customer(c, random);
        EXPECT_EQ(scores_of(**loaded, &customer), scores_of(shared_model(), &customer));
        EXPECT_EQ((*loaded)->explain({&customer, {}, {}}, ProductIndex(1)).evidence,
                  shared_model().explain({&customer, {}, {}}, ProductIndex(1)).evidence);
    }
}

TEST(PropensitySave, CategoriesThatHaveGoneAreKeptAside) {
    BinaryWriter writer;
    shared_model().save(writer);
    std::vector<Product> products = bank_catalogue()->products();
    std::erase_if(products, [](const Product& product) { return product.category == kDeposits; });
    BinaryReader reader(writer.bytes());
    const auto loaded =
        Propensity::load(reader, std::make_shared<const Catalogue>(std::move(products)));
    ASSERT_TRUE(loaded);
    Random random(1);
    const Customer customer = bank_customer(0, random);
    std::vector<double> scores(2);
    (*loaded)->score({&customer, {}, {}}, scores);
    EXPECT_EQ(scores[0], 0);
    EXPECT_EQ(scores[1], scores_of(shared_model(), &customer)[3]);
}

TEST(PropensitySave, EveryFlippedBitIsFound) {
    const std::string bytes = small_model();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
        const auto loaded = load_bytes(damaged);
        ASSERT_FALSE(loaded) << "byte " << at;
        EXPECT_THAT(loaded.error().code,
                    testing::AnyOf(ErrorCode::kCorrupt, ErrorCode::kNewerFormat));
    }
}

TEST(PropensitySave, EveryCutIsFound) {
    const std::string bytes = small_model();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto loaded = load_bytes(std::string_view(bytes).substr(0, size));
        ASSERT_FALSE(loaded) << size;
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
}

TEST(PropensitySave, ANewerFormatSaysSo) {
    const auto loaded = load_bytes(with_checksum("", 2));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kNewerFormat);
}

/// What a faulty program might write: the checksum is right, the content is not.
TEST(PropensitySave, ContentThatDoesNotFitIsRefused) {
    const auto encoder = ProfileEncoder::fit(bank_data(50, 23).customers, {});
    ASSERT_TRUE(encoder);
    const auto payload = [&](const std::vector<std::string>& categories, std::size_t num_features,
                             double min_fall_share, std::string_view tail) {
        BinaryWriter writer;
        encoder->save(writer);
        writer.number<std::uint64_t>(5);
        writer.number(min_fall_share);
        writer.number<std::uint64_t>(categories.size());
        for (const std::string& category : categories) {
            writer.text(category);
            TreeEnsemble::create(num_features, 0, {}, {})->save(writer);
        }
        return writer.bytes() + std::string(tail);
    };
    const std::size_t width = encoder->num_columns();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(load_bytes(with_checksum(payload({"A", "B"}, width, 0.1, ""))));
    for (const std::string& bad :
         {payload({"B", "A"}, width, 0.1, ""), payload({"A", "A"}, width, 0.1, ""),
          payload({"A"}, width + 1, 0.1, ""), payload({"A"}, width, nan, ""),
          payload({"A"}, width, 2, ""), payload({"A"}, width, 0.1, "x"), std::string()}) {
        const auto loaded = load_bytes(with_checksum(bad));
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
    const std::string whole = payload({"A", "B"}, width, 0.1, "");
    for (std::size_t size = 0; size < whole.size(); size += 5) {
        EXPECT_FALSE(load_bytes(with_checksum(whole.substr(0, size))));
    }
}

}  // namespace
}  // namespace attune
