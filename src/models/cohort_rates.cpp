#include "models/cohort_rates.hpp"

#include <algorithm>

namespace attune {
namespace {

bool any_interaction(const TrainingData& data) {
    return std::any_of(data.interactions.begin(), data.interactions.end(),
                       [](const Interaction& interaction) { return interaction.weight > 0; });
}

/// What a customer counts for, each once.
std::vector<std::size_t> names_of(const TrainingData& data, CustomerIndex customer,
                                  RateSubject subject) {
    std::vector<std::size_t> names;
    if (subject == RateSubject::kProducts) {
        for (const Interaction& interaction : data.history(customer)) {
            if (interaction.weight > 0) names.push_back(interaction.product.at());
        }
    } else {
        for (const std::string& held : data.customers[customer.at()].held_categories) {
            if (const auto category = data.catalogue->find_category(held)) {
                names.push_back(category->at());
            }
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace

CohortRates count_cohort_rates(const TrainingData& data, std::span<const std::uint32_t> cohort_of,
                               std::size_t num_cohorts, double prior_customers) {
    CohortRates rates;
    rates.subject = any_interaction(data) ? RateSubject::kProducts : RateSubject::kCategories;
    if (rates.subject == RateSubject::kProducts) {
        for (const Product& product : data.catalogue->products()) rates.names.push_back(product.id);
    } else {
        rates.names = data.catalogue->categories();
    }
    const std::size_t num_names = rates.names.size();
    rates.global.assign(num_names, 0);
    rates.by_cohort.assign(num_cohorts * num_names, 0);
    std::vector<double> sizes(num_cohorts, 0);
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        const std::uint32_t cohort = cohort_of[c];
        if (cohort != kNoCohort) sizes[cohort] += 1;
        for (const std::size_t name : names_of(data, CustomerIndex(c), rates.subject)) {
            rates.global[name] += 1;
            if (cohort != kNoCohort) rates.by_cohort[cohort * num_names + name] += 1;
        }
    }
    const auto num_customers = static_cast<double>(std::max<std::size_t>(data.num_customers(), 1));
    for (double& rate : rates.global) rate /= num_customers;
    for (std::size_t i = 0; i < rates.by_cohort.size(); ++i) {
        const double prior = rates.global[i % num_names] * prior_customers;
        rates.by_cohort[i] =
            (rates.by_cohort[i] + prior) / (sizes[i / num_names] + prior_customers);
    }
    return rates;
}

void save(const CohortRates& rates, BinaryWriter& writer) {
    writer.number(static_cast<std::uint8_t>(rates.subject));
    writer.texts(rates.names);
    writer.array(rates.global);
    writer.array(rates.by_cohort);
}

Result<CohortRates> load_cohort_rates(BinaryReader& reader, std::size_t num_cohorts) {
    CohortRates rates;
    const auto subject = reader.number<std::uint8_t>();
    rates.names = reader.texts();
    rates.global = reader.array<double>();
    rates.by_cohort = reader.array<double>();
    ATTUNE_TRY(reader.status());
    const auto is_rate = [](double rate) { return rate >= 0 && rate <= 1; };
    if (subject > static_cast<std::uint8_t>(RateSubject::kCategories) ||
        std::adjacent_find(rates.names.begin(), rates.names.end(), std::greater_equal<>()) !=
            rates.names.end() ||
        rates.global.size() != rates.names.size() ||
        rates.by_cohort.size() != num_cohorts * rates.names.size() ||
        !std::all_of(rates.global.begin(), rates.global.end(), is_rate) ||
        !std::all_of(rates.by_cohort.begin(), rates.by_cohort.end(), is_rate)) {
        return fail(ErrorCode::kCorrupt, "cohorts: rates of {} names in {} cohorts are damaged",
                    rates.names.size(), num_cohorts);
    }
    rates.subject = static_cast<RateSubject>(subject);
    return rates;
}

}  // namespace attune
