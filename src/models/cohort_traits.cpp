#include "models/cohort_traits.hpp"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

constexpr std::size_t kDescribedFields = 3;
constexpr double kDistinct = 0.3;     // deviations from the mean that are worth a word
constexpr double kTellingLift = 1.2;  // of a value in a cohort that makes it worth a word

}  // namespace

std::string describe_centroid(const ProfileEncoder& encoder, std::span<const float> centroid) {
    std::vector<std::size_t> columns;
    for (std::size_t column = 0; column < centroid.size(); ++column) {
        const bool telling = encoder.is_number(column)
                                 ? std::abs(centroid[column]) >= kDistinct
                                 : encoder.is_value(column) && centroid[column] >= kDistinct;
        if (telling) columns.push_back(column);
    }
    std::stable_sort(columns.begin(), columns.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(centroid[a]) > std::abs(centroid[b]);
    });
    std::string text;
    std::vector<std::string> fields;
    for (const std::size_t column : columns) {
        const std::string& field = encoder.columns()[column].field;
        if (std::find(fields.begin(), fields.end(), field) != fields.end()) continue;
        if (fields.size() == kDescribedFields) break;
        if (!text.empty()) text += ", ";
        text += encoder.describe(column, centroid[column]);
        fields.push_back(field);
    }
    return text.empty() ? "customers with a usual profile" : text;
}

std::vector<SharedTrait> shared_traits(const ProfileEncoder& encoder,
                                       std::span<const float> centroid, const Customer& profile) {
    const std::size_t num_columns = encoder.num_columns();
    std::vector<float> own(num_columns);
    encoder.encode_standardised(profile, own);
    std::vector<std::size_t> shared;
    for (std::size_t column = 0; column < num_columns; ++column) {
        const bool same_side = own[column] * centroid[column] > 0;
        if (encoder.is_number(column)) {
            const double weaker = std::min(std::abs(own[column]), std::abs(centroid[column]));
            if (same_side && weaker >= kDistinct) shared.push_back(column);
        } else if (encoder.is_value(column) && own[column] > 0 && centroid[column] > 0 &&
                   encoder.lift(column, centroid[column]) >= kTellingLift) {
            shared.push_back(column);
        }
    }
    std::stable_sort(shared.begin(), shared.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(centroid[a]) > std::abs(centroid[b]);
    });
    std::vector<SharedTrait> traits;
    for (const std::size_t column : shared) {
        const std::string value = !encoder.is_number(column) ? std::string(encoder.value_of(column))
                                  : own[column] > 0          ? "high"
                                                             : "low";
        traits.push_back({encoder.columns()[column].field, value});
    }
    return traits;
}

}  // namespace attune
