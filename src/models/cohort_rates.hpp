#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/training_data.hpp"

namespace attune {

/// What rates are about.
enum class RateSubject : std::uint8_t { kProducts, kCategories };

/// Which share of all customers, and of each cohort, dealt with each product or holds each
/// category.
struct CohortRates {
    RateSubject subject = RateSubject::kProducts;
    std::vector<std::string> names;  ///< product ids or categories, ascending
    std::vector<double> global;      ///< one per name, in [0, 1]
    std::vector<double> by_cohort;   ///< cohorts x names, in [0, 1]

    [[nodiscard]] double in_cohort(std::size_t cohort, std::size_t name_index) const {
        return by_cohort[cohort * names.size() + name_index];
    }
};

/// Marks customers that are in no cohort.
inline constexpr std::uint32_t kNoCohort = UINT32_MAX;

/// Counts each customer once per product or category. Cohort rates are posterior means under a Beta
/// prior around the global rate worth `prior_customers`.
CohortRates count_cohort_rates(const TrainingData& data, std::span<const std::uint32_t> cohort_of,
                               std::size_t num_cohorts, double prior_customers);

void save(const CohortRates& rates, BinaryWriter& writer);
/// @errors kCorrupt
Result<CohortRates> load_cohort_rates(BinaryReader& reader, std::size_t num_cohorts);

}  // namespace attune
