#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/evidence.hpp"
#include "features/profile_encoder.hpp"

namespace attune {

/// What the centroid of a cohort has more of than all customers, the strongest first: "occupation
/// retired, age 62". Names the cohort in evidence; what may be told to a customer is shared_traits.
std::string describe_centroid(const ProfileEncoder& encoder, std::span<const float> centroid);

/// What is true of the customer and truer of the cohort than of others, the strongest first: a
/// value that both have and the cohort at least 1.2 times as often as all, a number that is on the
/// same side of the mean in both, by 0.3 deviations.
std::vector<SharedTrait> shared_traits(const ProfileEncoder& encoder,
                                       std::span<const float> centroid, const Customer& profile);

}  // namespace attune
