#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/index.hpp"
#include "core/result.hpp"
#include "features/training_data.hpp"

namespace attune {

/// Which events say that the customer wanted the product.
enum class PositiveEvents {
    kPurchases,
    kAnyWeight,  ///< everything with a weight above 0, so views and likes too
};

/// Which positive events after the cut are to be foreseen.
enum class TestProducts {
    kNewOnly,  ///< products without a positive event of this customer before the cut
    kAll,      ///< also those had before, such as goods that are bought again
};

/// Which products can be recommended and foreseen.
enum class CandidateProducts {
    kSeenBeforeCut,   ///< at least one event of anybody before the cut, dismissals aside
    kWholeCatalogue,  ///< also products that no model can have learnt from
};

struct TimeSplitOptions {
    Timestamp cut;                   ///< models may know what came before
    std::optional<Timestamp> until;  ///< exclusive end of what is foreseen; none: all that follows
    PositiveEvents positive_events = PositiveEvents::kPurchases;
    TestProducts test_products = TestProducts::kNewOnly;
    CandidateProducts candidates = CandidateProducts::kSeenBeforeCut;
    /// Events before the cut, dismissals aside, that a test customer must have; 0 lets in those who
    /// are known by their profile alone.
    std::size_t minimum_history = 1;
};

/// What is counted as foreseen: "purchases, also of products had before".
std::string describe_test(const TimeSplitOptions& options);

/// What models may learn from, and what they are then asked to foresee.
struct TimeSplit {
    TimeSplitOptions options;
    TrainingData train;                    ///< `before(data, cut)`
    std::vector<ProductIndex> candidates;  ///< ascending

    std::vector<CustomerIndex> customers;     ///< those with a test product; ascending
    std::vector<std::size_t> test_offsets;    ///< customers + 1
    std::vector<ProductIndex> test_products;  ///< by customer, ascending and distinct within one
    std::vector<std::size_t> held_offsets;    ///< customers + 1
    /// Products never recommended to the customer: with kNewOnly those with a positive event before
    /// the cut. Ascending and distinct within one.
    std::vector<ProductIndex> held_products;

    [[nodiscard]] std::size_t num_customers() const { return customers.size(); }
    [[nodiscard]] std::size_t num_pairs() const { return test_products.size(); }
    /// @param position  in `customers`
    [[nodiscard]] std::span<const ProductIndex> test_of(std::size_t position) const {
        return std::span(test_products)
            .subspan(test_offsets[position], test_offsets[position + 1] - test_offsets[position]);
    }
    [[nodiscard]] std::span<const ProductIndex> held_of(std::size_t position) const {
        return std::span(held_products)
            .subspan(held_offsets[position], held_offsets[position + 1] - held_offsets[position]);
    }
    /// The customer as known at the cut. Borrows from this split.
    [[nodiscard]] CustomerView view(std::size_t position) const {
        return train.view(customers[position]);
    }
};

/// Whether an event is a positive one under the choice.
bool is_positive(const Interaction& interaction, PositiveEvents positive_events);

/// Splits all customers at one moment, so that no model sees the future of anybody.
/// A validation slice is a second split, of the first one's `train`, at an earlier cut.
///
/// @errors kInvalidArgument: no event before the cut, nothing to foresee after it, `until` not
///         after the cut; the message says what the data spans
/// @cost   O(events log events)
/// @source Meng et al., "Exploring data splitting strategies for the evaluation of recommendation
///         models", RecSys 2020: the temporal global split
Result<TimeSplit> split_by_time(const TrainingData& data, const TimeSplitOptions& options);

/// Midnight UTC that many days before the day of the last event: a cut that leaves the last
/// `days` days to be foreseen.
/// @errors kInvalidArgument: days not positive, no events
Result<Timestamp> cut_days_before_end(const TrainingData& data, double days);

/// What is left to be foreseen follows the events and not the calendar alone: a few events long
/// after all others would else leave days that tell nothing.
inline constexpr double kLeastShareToForesee = .01;
inline constexpr double kShareToForeseeInstead = .05;

/// `cut`, or where less than kLeastShareToForesee of the events lie after it, the midnight UTC
/// before the last kShareToForeseeInstead of them.
/// @cost O(events) time and memory
Timestamp cut_with_enough_to_foresee(const TrainingData& data, Timestamp cut);

/// How many customers have a positive event with each product before the cut, by product.
std::vector<std::size_t> count_positive_customers(const TrainingData& data,
                                                  PositiveEvents positive_events);

}  // namespace attune
