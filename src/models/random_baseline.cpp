#include "models/random_baseline.hpp"

#include <string>
#include <utility>

#include "core/assert.hpp"
#include "core/hash.hpp"
#include "models/model_io.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "random";
constexpr std::uint32_t kVersion = 1;

class RandomBaseline final : public Recommender {
 public:
    RandomBaseline(std::shared_ptr<const Catalogue> catalogue, std::uint64_t seed)
        : catalogue_(std::move(catalogue)), seed_(seed) {}

    [[nodiscard]] std::string_view name() const override { return kName; }

    void score(const CustomerView& customer, std::span<double> scores) const override {
        ATTUNE_ASSERT(scores.size() == catalogue_->num_products());
        for (std::size_t j = 0; j < scores.size(); ++j) scores[j] = draw(customer, ProductIndex(j));
    }

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        const double score = draw(customer, product);
        return {score,
                {{EvidenceKind::kBaseline, "", "", std::nullopt, score, std::string(kName)}}};
    }

    void save(BinaryWriter& writer) const override {
        write_model_header(writer, kName, kVersion);
        writer.number(seed_);
    }

 private:
    [[nodiscard]] double draw(const CustomerView& customer, ProductIndex product) const {
        const std::string_view id =
            customer.profile != nullptr ? std::string_view(customer.profile->id) : "";
        const std::uint64_t hash = hash64(catalogue_->product(product).id, hash64(id, seed_));
        return static_cast<double>(hash >> 11) * 0x1.0p-53;
    }

    std::shared_ptr<const Catalogue> catalogue_;
    std::uint64_t seed_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> fit_random_baseline(const TrainingData& data,
                                                         const RandomBaselineOptions& options) {
    return std::make_unique<RandomBaseline>(data.catalogue, options.seed);
}

Result<std::unique_ptr<Recommender>> load_random_baseline(
    BinaryReader& reader, std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kVersion));
    const auto seed = reader.number<std::uint64_t>();
    ATTUNE_TRY(reader.status());
    return std::make_unique<RandomBaseline>(std::move(catalogue), seed);
}

}  // namespace attune
