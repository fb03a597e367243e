#include "evaluation/split.hpp"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

void sort_distinct(std::vector<ProductIndex>& products) {
    std::sort(products.begin(), products.end());
    products.erase(std::unique(products.begin(), products.end()), products.end());
}

std::vector<ProductIndex> positive_products(std::span<const Interaction> history,
                                            PositiveEvents positive_events) {
    std::vector<ProductIndex> products;
    for (const Interaction& interaction : history) {
        if (is_positive(interaction, positive_events)) products.push_back(interaction.product);
    }
    sort_distinct(products);
    return products;
}

std::size_t count_events(std::span<const Interaction> history) {
    return static_cast<std::size_t>(
        std::count_if(history.begin(), history.end(),
                      [](const Interaction& i) { return i.type != EventType::kDismiss; }));
}

std::vector<bool> candidate_flags(const TrainingData& train, CandidateProducts candidates) {
    std::vector<bool> flags(train.num_products(), candidates == CandidateProducts::kWholeCatalogue);
    for (const Interaction& interaction : train.interactions) {
        if (interaction.type != EventType::kDismiss) flags[interaction.product.at()] = true;
    }
    return flags;
}

std::string describe_span(const TrainingData& data) {
    if (data.interactions.empty()) return "there are no events";
    const auto [first, last] = std::minmax_element(
        data.interactions.begin(), data.interactions.end(),
        [](const Interaction& a, const Interaction& b) { return a.time < b.time; });
    return fmt::format("the events span {} to {}", format_timestamp(first->time),
                       format_timestamp(last->time));
}

/// The products of a customer's positive events in [cut, until) that are candidates.
std::vector<ProductIndex> products_to_foresee(std::span<const Interaction> history,
                                              const TimeSplitOptions& options,
                                              const std::vector<bool>& is_candidate) {
    std::vector<ProductIndex> products;
    for (const Interaction& interaction : history) {
        if (interaction.time < options.cut) continue;
        if (options.until && interaction.time >= *options.until) continue;
        if (!is_positive(interaction, options.positive_events)) continue;
        if (is_candidate[interaction.product.at()]) products.push_back(interaction.product);
    }
    sort_distinct(products);
    return products;
}

/// Rounds down for times before 1970 too.
Timestamp midnight_before(Timestamp time) {
    std::int64_t ms_of_day = time.ms % kMsPerDay;
    if (ms_of_day < 0) ms_of_day += kMsPerDay;
    return Timestamp{time.ms - ms_of_day};
}

void add_customer(TimeSplit& split, CustomerIndex customer, std::span<const ProductIndex> test,
                  std::span<const ProductIndex> held) {
    split.customers.push_back(customer);
    split.test_products.insert(split.test_products.end(), test.begin(), test.end());
    split.test_offsets.push_back(split.test_products.size());
    split.held_products.insert(split.held_products.end(), held.begin(), held.end());
    split.held_offsets.push_back(split.held_products.size());
}

}  // namespace

bool is_positive(const Interaction& interaction, PositiveEvents positive_events) {
    if (positive_events == PositiveEvents::kPurchases) {
        return interaction.type == EventType::kPurchase;
    }
    return interaction.type != EventType::kDismiss && interaction.weight > 0;
}

std::string describe_test(const TimeSplitOptions& options) {
    return fmt::format(
        "{}, {}",
        options.positive_events == PositiveEvents::kPurchases ? "purchases"
                                                              : "every event with a weight",
        options.test_products == TestProducts::kNewOnly ? "of products new to the customer"
                                                        : "also of products had before");
}

Result<TimeSplit> split_by_time(const TrainingData& data, const TimeSplitOptions& options) {
    if (options.until && *options.until <= options.cut) {
        return fail(ErrorCode::kInvalidArgument, "the end of the test period, {}, is not after {}",
                    format_timestamp(*options.until), format_timestamp(options.cut));
    }
    TimeSplit split{options, before(data, options.cut), {}, {}, {0}, {}, {0}, {}};
    if (split.train.interactions.empty() && options.minimum_history > 0) {
        return fail(ErrorCode::kInvalidArgument, "no event before the cut {}: {}",
                    format_timestamp(options.cut), describe_span(data));
    }
    const std::vector<bool> is_candidate = candidate_flags(split.train, options.candidates);
    for (std::size_t p = 0; p < is_candidate.size(); ++p) {
        if (is_candidate[p]) split.candidates.emplace_back(p);
    }
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        const CustomerIndex customer(c);
        if (count_events(split.train.history(customer)) < options.minimum_history) continue;
        std::vector<ProductIndex> test =
            products_to_foresee(data.history(customer), options, is_candidate);
        std::vector<ProductIndex> held;
        if (options.test_products == TestProducts::kNewOnly) {
            held = positive_products(split.train.history(customer), options.positive_events);
            std::erase_if(test, [&](ProductIndex product) {
                return std::binary_search(held.begin(), held.end(), product);
            });
        }
        if (!test.empty()) add_customer(split, customer, test, held);
    }
    if (split.customers.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "nothing to foresee after the cut {}: no known customer has a positive event "
                    "with a candidate there; {}",
                    format_timestamp(options.cut), describe_span(data));
    }
    return split;
}

Result<Timestamp> cut_days_before_end(const TrainingData& data, double days) {
    if (!(days > 0) || !std::isfinite(days)) {
        return fail(ErrorCode::kInvalidArgument, "test days must be above 0, not {}", days);
    }
    if (data.interactions.empty()) {
        return fail(ErrorCode::kInvalidArgument, "there are no events to split");
    }
    Timestamp last = data.interactions.front().time;
    for (const Interaction& interaction : data.interactions)
        last = std::max(last, interaction.time);
    return cut_with_enough_to_foresee(data, add_days(midnight_before(last), -days));
}

Timestamp cut_with_enough_to_foresee(const TrainingData& data, Timestamp cut) {
    const auto share = [&](double of) {
        return of * static_cast<double>(data.interactions.size());
    };
    const auto after = std::count_if(data.interactions.begin(), data.interactions.end(),
                                     [&](const Interaction& i) { return i.time >= cut; });
    if (static_cast<double>(after) >= share(kLeastShareToForesee)) return cut;
    std::vector<std::int64_t> times;
    times.reserve(data.interactions.size());
    for (const Interaction& interaction : data.interactions) times.push_back(interaction.time.ms);
    const auto first_to_foresee =
        times.end() - static_cast<std::ptrdiff_t>(std::ceil(share(kShareToForeseeInstead)));
    std::nth_element(times.begin(), first_to_foresee, times.end());
    return midnight_before(Timestamp{*first_to_foresee});
}

std::vector<std::size_t> count_positive_customers(const TrainingData& data,
                                                  PositiveEvents positive_events) {
    std::vector<std::size_t> counts(data.num_products(), 0);
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        for (const ProductIndex product :
             positive_products(data.history(CustomerIndex(c)), positive_events)) {
            ++counts[product.at()];
        }
    }
    return counts;
}

}  // namespace attune
