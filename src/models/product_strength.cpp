#include "models/product_strength.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/hash.hpp"

namespace attune {
namespace {

struct FadedEvent {
    ProductIndex product;
    std::uint64_t basket;
    double weight;
    Timestamp time;
};

/// The strength of one product's events, which are sorted by basket.
double strength_of(std::span<const FadedEvent> events, Strength strength) {
    if (strength == Strength::kStrongest) {
        double strongest = 0;
        for (const FadedEvent& event : events) strongest = std::max(strongest, event.weight);
        return strongest;
    }
    const std::uint64_t no_basket = hash64({});
    double sum = 0;
    double of_basket = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const bool joins =
            i > 0 && events[i].basket == events[i - 1].basket && events[i].basket != no_basket;
        if (!joins) {
            sum += of_basket;
            of_basket = 0;
        }
        of_basket = std::max(of_basket, events[i].weight);
    }
    sum += of_basket;
    return strength == Strength::kSum ? sum : std::log2(1 + sum);
}

}  // namespace

double decay(Timestamp time, Timestamp now, double half_life_days) {
    if (half_life_days <= 0) return 1;
    return std::exp2(-std::max(0.0, days_between(time, now)) / half_life_days);
}

std::vector<ProductStrength> product_strengths(std::span<const Interaction> history, Timestamp now,
                                               const StrengthOptions& options) {
    std::vector<FadedEvent> events;
    events.reserve(history.size());
    for (const Interaction& interaction : history) {
        const double weight =
            interaction.weight * decay(interaction.time, now, options.half_life_days);
        if (weight > 0) {
            events.push_back({interaction.product, interaction.basket, weight, interaction.time});
        }
    }
    std::sort(events.begin(), events.end(), [](const FadedEvent& a, const FadedEvent& b) {
        return std::tie(a.product, a.basket, a.time, a.weight) <
               std::tie(b.product, b.basket, b.time, b.weight);
    });
    std::vector<ProductStrength> strengths;
    for (std::size_t begin = 0; begin < events.size();) {
        std::size_t end = begin;
        Timestamp latest = events[begin].time;
        while (end < events.size() && events[end].product == events[begin].product) {
            latest = std::max(latest, events[end].time);
            ++end;
        }
        const double strength =
            strength_of(std::span(events).subspan(begin, end - begin), options.strength);
        strengths.push_back({events[begin].product, strength, latest});
        begin = end;
    }
    return strengths;
}

CsrMatrix strength_matrix(const TrainingData& data, const StrengthOptions& options) {
    CsrMatrix matrix;
    matrix.num_rows = data.num_customers();
    matrix.num_columns = data.num_products();
    matrix.offsets.reserve(matrix.num_rows + 1);
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        for (const ProductStrength& entry :
             product_strengths(data.history(CustomerIndex(c)), data.as_of, options)) {
            // A strength that is too small for a float says nothing any more.
            const auto value = static_cast<float>(entry.strength);
            if (value <= 0) continue;
            matrix.columns.push_back(entry.product.value);
            matrix.values.push_back(value);
        }
        matrix.offsets.push_back(matrix.columns.size());
    }
    return matrix;
}

Status validate(const StrengthOptions& options, std::string_view model) {
    if (!(options.half_life_days >= 0) || !std::isfinite(options.half_life_days)) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: the half-life is {} days; give 0 for none, or a positive number", model,
                    options.half_life_days);
    }
    return {};
}

}  // namespace attune
