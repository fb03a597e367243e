#include "collaborative/planted_feedback.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string_view>

#include "core/hash.hpp"
#include "core/random.hpp"

namespace attune {
namespace {

constexpr double kActivityTail = 1.5;
constexpr double kPopularityExponent = 1.5;
constexpr double kPopularityShift = 100;
constexpr double kTasteDeviation = 2.5;  ///< of the logarithm of a taste's liking for a product
constexpr std::size_t kMinimumPerCustomer = 5;
constexpr std::size_t kLargestShare = 6;  ///< nobody has more than 1 / kLargestShare of all

/// Draws positions by weight with one random number each.
/// @source Walker's alias method as by Vose, IEEE Trans. Software Engineering 17(9), 1991
class AliasTable {
 public:
    explicit AliasTable(const std::vector<double>& weights) : slots_(weights.size()) {
        const double mean =
            std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(size());
        std::vector<double> left(size());
        std::vector<std::uint32_t> small;
        std::vector<std::uint32_t> large;
        for (std::uint32_t i = 0; i < size(); ++i) {
            left[i] = weights[i] / mean;
            slots_[i] = {i, 1.0F};
            (left[i] < 1 ? small : large).push_back(i);
        }
        while (!small.empty() && !large.empty()) {
            const std::uint32_t poor = small.back();
            const std::uint32_t rich = large.back();
            small.pop_back();
            slots_[poor] = {rich, static_cast<float>(left[poor])};
            left[rich] -= 1 - left[poor];
            if (left[rich] < 1) {
                large.pop_back();
                small.push_back(rich);
            }
        }
    }

    [[nodiscard]] std::uint32_t draw(Random& random) const {
        const std::uint64_t bits = random.next();
        const auto position = static_cast<std::uint32_t>(((bits >> 32) * size()) >> 32);
        const float fraction = static_cast<float>(bits & 0xFFFFFF) * 0x1p-24F;
        return fraction < slots_[position].share ? position : slots_[position].other;
    }

 private:
    struct Slot {
        std::uint32_t other;
        float share;
    };
    [[nodiscard]] std::size_t size() const { return slots_.size(); }

    std::vector<Slot> slots_;
};

/// One table for each taste and, last, one for what is popular with everybody.
std::vector<AliasTable> draw_tastes(const PlantedFeedbackOptions& options, Random& random) {
    const std::size_t num_products = options.shape.num_products;
    std::vector<double> popularity(num_products);
    for (std::size_t rank = 0; rank < num_products; ++rank) {
        popularity[rank] =
            std::pow(static_cast<double>(rank) + kPopularityShift, -kPopularityExponent);
    }
    random.shuffle(popularity);
    std::vector<AliasTable> tastes;
    std::vector<double> weights(num_products);
    for (std::size_t taste = 0; taste < options.num_tastes; ++taste) {
        for (std::size_t product = 0; product < num_products; ++product) {
            weights[product] = popularity[product] * std::exp(kTasteDeviation * random.normal());
        }
        tastes.emplace_back(weights);
    }
    tastes.emplace_back(popularity);
    return tastes;
}

/// How many products each customer has, as the matrix' offsets.
std::vector<std::size_t> draw_offsets(const FeedbackShape& shape, Random& random) {
    const auto most = static_cast<double>(std::min(
        shape.num_products, std::max(shape.num_products / kLargestShare,
                                     2 * shape.num_interactions / shape.num_customers + 1)));
    const auto least = static_cast<double>(std::min(kMinimumPerCustomer, shape.num_products));
    std::vector<double> quantiles(shape.num_customers);
    for (std::size_t i = 0; i < quantiles.size(); ++i) {
        const double tail =
            (static_cast<double>(i) + 0.5) / static_cast<double>(shape.num_customers);
        quantiles[i] = std::pow(tail, -1 / kActivityTail);
    }
    const auto count_at = [&](double scale, std::size_t customer) {
        return static_cast<std::size_t>(std::clamp(scale * quantiles[customer], least, most));
    };
    const auto total_at = [&](double scale) {
        std::size_t total = 0;
        for (std::size_t i = 0; i < shape.num_customers; ++i) total += count_at(scale, i);
        return total;
    };
    double low = 0;
    double high = static_cast<double>(shape.num_products);
    for (int step = 0; step < 40; ++step) {
        const double middle = (low + high) / 2;
        (total_at(middle) <= shape.num_interactions ? low : high) = middle;
    }
    std::vector<std::size_t> counts(shape.num_customers);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = count_at(low, i);
    random.shuffle(counts);
    // What the rounding left over goes to the first ones with room for it.
    std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    while (total < shape.num_interactions) {
        for (std::size_t i = 0; i < counts.size() && total < shape.num_interactions; ++i) {
            if (counts[i] == shape.num_products) continue;
            ++counts[i];
            ++total;
        }
    }
    std::vector<std::size_t> offsets{0};
    offsets.reserve(counts.size() + 1);
    for (const std::size_t count : counts) offsets.push_back(offsets.back() + count);
    return offsets;
}

/// Draws the products of one customer at a time.
class CustomerSampler {
 public:
    CustomerSampler(const std::vector<AliasTable>& tastes, std::size_t num_products)
        : tastes_(&tastes), last_customer_(num_products, 0) {}

    void fill(std::size_t customer, std::uint64_t seed, std::span<std::uint32_t> products) {
        const std::array<std::uint64_t, 1> key{customer};
        Random random(hash64({reinterpret_cast<const char*>(key.data()), sizeof(key)}, seed));
        const std::size_t num_tastes = tastes_->size() - 1;
        const std::array mine{random.below(num_tastes), random.below(num_tastes),
                              random.below(num_tastes), num_tastes};
        std::size_t filled = 0;
        std::size_t tries = 0;
        while (filled < products.size()) {
            // A customer who has exhausted their tastes takes anything: ever rarer draws would
            // otherwise take forever.
            const bool exhausted = ++tries > 20 * products.size();
            const std::uint32_t product =
                exhausted ? static_cast<std::uint32_t>(random.below(last_customer_.size()))
                          : (*tastes_)[mine[pick(random)]].draw(random);
            if (last_customer_[product] == customer + 1) continue;
            last_customer_[product] = static_cast<std::uint32_t>(customer + 1);
            products[filled++] = product;
        }
        std::sort(products.begin(), products.end());
    }

 private:
    static std::size_t pick(Random& random) {
        const std::uint64_t number = random.next() >> 60;  // of 16
        return number < 7 ? 0 : number < 11 ? 1 : number < 13 ? 2 : 3;
    }

    const std::vector<AliasTable>* tastes_;
    std::vector<std::uint32_t> last_customer_;  ///< of each product, 1 more than who drew it last
};

template <typename T>
std::string_view bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

FeedbackShape FeedbackShape::with_interactions(std::size_t count) const {
    const double each = static_cast<double>(num_interactions) / static_cast<double>(num_customers);
    const auto customers = static_cast<std::size_t>(static_cast<double>(count) / each);
    return {std::max<std::size_t>(customers, 1), num_products, count};
}

Result<CsrMatrix> planted_feedback(const PlantedFeedbackOptions& options, ThreadPool& pool) {
    const FeedbackShape& shape = options.shape;
    if (shape.num_customers == 0 || shape.num_products == 0 || options.num_tastes == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "planted feedback: {} x {} with {} tastes is empty", shape.num_customers,
                    shape.num_products, options.num_tastes);
    }
    const std::size_t least =
        shape.num_customers * std::min(kMinimumPerCustomer, shape.num_products);
    const std::size_t most = shape.num_customers * shape.num_products;
    if (shape.num_interactions < least || shape.num_interactions > most) {
        return fail(ErrorCode::kInvalidArgument,
                    "planted feedback: {} interactions for {} x {}; there may be {} to {}",
                    shape.num_interactions, shape.num_customers, shape.num_products, least, most);
    }
    Random random(options.seed);
    const std::vector<AliasTable> tastes = draw_tastes(options, random);
    CsrMatrix matrix;
    matrix.num_rows = shape.num_customers;
    matrix.num_columns = shape.num_products;
    matrix.offsets = draw_offsets(shape, random);
    matrix.columns.resize(matrix.offsets.back());
    matrix.values.assign(matrix.offsets.back(), 1.0F);
    std::vector<CustomerSampler> samplers(pool.num_threads(),
                                          CustomerSampler(tastes, shape.num_products));
    const std::uint64_t seed = random.next();
    pool.parallel_for(
        matrix.num_rows, 64, [&](std::size_t begin, std::size_t end, std::size_t thread) {
            for (std::size_t row = begin; row < end; ++row) {
                const std::size_t first = matrix.offsets[row];
                samplers[thread].fill(
                    row, seed,
                    std::span(matrix.columns).subspan(first, matrix.offsets[row + 1] - first));
            }
        });
    return matrix;
}

std::string data_hash(const CsrMatrix& matrix) {
    std::uint64_t hash = hash64(bytes_of(matrix.offsets), matrix.num_columns);
    hash = hash64(bytes_of(matrix.columns), hash);
    return to_hex(hash64(bytes_of(matrix.values), hash));
}

Status write_feedback(const std::filesystem::path& file, const CsrMatrix& matrix) {
    static_assert(sizeof(std::size_t) == sizeof(std::int64_t));
    std::ofstream stream(file, std::ios::binary);
    const std::vector<std::size_t> sizes{matrix.num_rows, matrix.num_columns, matrix.num_nonzero()};
    stream << "ATTUNEF1";
    for (const std::string_view part : {bytes_of(sizes), bytes_of(matrix.offsets),
                                        bytes_of(matrix.columns), bytes_of(matrix.values)}) {
        stream.write(part.data(), static_cast<std::streamsize>(part.size()));
    }
    stream.flush();
    if (!stream) return fail(ErrorCode::kUnavailable, "{}: cannot be written", file.string());
    return {};
}

}  // namespace attune
