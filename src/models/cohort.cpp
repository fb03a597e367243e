#include "models/cohort.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/assert.hpp"
#include "core/random.hpp"
#include "features/profile_encoder.hpp"
#include "math/kmeans.hpp"
#include "models/cohort_rates.hpp"
#include "models/cohort_traits.hpp"
#include "models/model_io.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "cohort";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kMaxCohorts = 256;
constexpr std::size_t kNoName = SIZE_MAX;

Status check(const CohortOptions& options) {
    if (options.min_cohorts == 0 || options.max_cohorts < options.min_cohorts ||
        options.max_cohorts > kMaxCohorts) {
        return fail(ErrorCode::kInvalidArgument,
                    "cohort: 1 <= min_cohorts <= max_cohorts <= {}, not {} and {}", kMaxCohorts,
                    options.min_cohorts, options.max_cohorts);
    }
    if (!(options.prior_customers >= 0 && std::isfinite(options.prior_customers)) ||
        options.choice_sample < 2 || options.silhouette_sample < 2) {
        return fail(ErrorCode::kInvalidArgument,
                    "cohort: prior_customers must not be negative, samples at least 2");
    }
    return {};
}

class Cohort final : public Recommender {
 public:
    Cohort(std::shared_ptr<const Catalogue> catalogue, ProfileEncoder encoder,
           std::vector<float> centroids, std::vector<std::string> descriptions, CohortRates rates);

    [[nodiscard]] std::string_view name() const override { return kName; }
    void score(const CustomerView& customer, std::span<double> scores) const override;
    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override;
    void save(BinaryWriter& writer) const override;

 private:
    [[nodiscard]] std::optional<std::size_t> cohort_of(const CustomerView& customer) const;
    [[nodiscard]] std::span<const float> centroid_of(std::size_t cohort) const {
        return std::span(centroids_)
            .subspan(cohort * encoder_.num_columns(), encoder_.num_columns());
    }

    std::shared_ptr<const Catalogue> catalogue_;
    ProfileEncoder encoder_;
    std::vector<float> centroids_;  ///< cohorts x columns, by rows
    std::vector<std::string> descriptions_;
    CohortRates rates_;
    std::vector<std::size_t> name_of_;  ///< per product of the catalogue: which rate is its own
};

Cohort::Cohort(std::shared_ptr<const Catalogue> catalogue, ProfileEncoder encoder,
               std::vector<float> centroids, std::vector<std::string> descriptions,
               CohortRates rates)
    : catalogue_(std::move(catalogue)),
      encoder_(std::move(encoder)),
      centroids_(std::move(centroids)),
      descriptions_(std::move(descriptions)),
      rates_(std::move(rates)) {
    for (const Product& product : catalogue_->products()) {
        const std::string& own =
            rates_.subject == RateSubject::kProducts ? product.id : product.category;
        const auto found = std::lower_bound(rates_.names.begin(), rates_.names.end(), own);
        name_of_.push_back(found != rates_.names.end() && *found == own
                               ? static_cast<std::size_t>(found - rates_.names.begin())
                               : kNoName);
    }
}

std::optional<std::size_t> Cohort::cohort_of(const CustomerView& customer) const {
    if (customer.profile == nullptr || centroids_.empty() || !encoder_.knows(*customer.profile)) {
        return std::nullopt;
    }
    std::vector<float> point(encoder_.num_columns());
    encoder_.encode_standardised(*customer.profile, point);
    return nearest_centroid(point, centroids_);
}

void Cohort::score(const CustomerView& customer, std::span<double> scores) const {
    ATTUNE_ASSERT(scores.size() == name_of_.size());
    const auto cohort = cohort_of(customer);
    for (std::size_t p = 0; p < scores.size(); ++p) {
        const std::size_t name = name_of_[p];
        if (name == kNoName) {
            scores[p] = 0;
        } else {
            scores[p] = cohort ? rates_.in_cohort(*cohort, name) : rates_.global[name];
        }
    }
}

Explanation Cohort::explain(const CustomerView& customer, ProductIndex product) const {
    Explanation explanation;
    const std::size_t name = name_of_[product.at()];
    if (name == kNoName || rates_.global[name] == 0) return explanation;
    const std::string model(kName);
    const double global = rates_.global[name];
    explanation.score = global;
    explanation.evidence.push_back({EvidenceKind::kPopularity, rates_.names[name],
                                    fmt::format("{:.2g}", global), std::nullopt, global, model});
    const auto cohort = cohort_of(customer);
    if (!cohort) return explanation;
    explanation.score = rates_.in_cohort(*cohort, name);
    const double difference = explanation.score - global;
    if (difference != 0) {
        explanation.evidence.push_back(
            {EvidenceKind::kCohort, descriptions_[*cohort],
             fmt::format("{:.2f}", explanation.score / global), std::nullopt, difference, model,
             shared_traits(encoder_, centroid_of(*cohort), *customer.profile)});
    }
    return explanation;
}

void Cohort::save(BinaryWriter& writer) const {
    write_model_header(writer, kName, kFormat);
    encoder_.save(writer);
    writer.array(centroids_);
    writer.texts(descriptions_);
    attune::save(rates_, writer);
}

/// Rows of the customers of whom anything is known, standardised.
struct Points {
    std::vector<std::size_t> customers;
    std::vector<float> values;
};

Points encode_customers(const TrainingData& data, const ProfileEncoder& encoder, ThreadPool& pool) {
    Points points;
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        if (encoder.knows(data.customers[c])) points.customers.push_back(c);
    }
    const std::size_t columns = encoder.num_columns();
    points.values.resize(points.customers.size() * columns);
    constexpr std::size_t kCustomersAtOnce = 256;
    pool.parallel_for(points.customers.size(), kCustomersAtOnce,
                      [&](std::size_t begin, std::size_t end, std::size_t) {
                          for (std::size_t i = begin; i < end; ++i) {
                              encoder.encode_standardised(
                                  data.customers[points.customers[i]],
                                  std::span(points.values).subspan(i * columns, columns));
                          }
                      });
    return points;
}

/// `count` rows drawn without putting back; all, in their order, when there are no more.
std::vector<float> draw_rows(const std::vector<float>& values, std::size_t columns,
                             std::size_t count, Random& random) {
    const std::size_t num_rows = values.size() / columns;
    if (num_rows <= count) return values;
    std::vector<std::size_t> order(num_rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<float> drawn;
    drawn.reserve(count * columns);
    for (std::size_t i = 0; i < count; ++i) {
        std::swap(order[i], order[i + random.below(num_rows - i)]);
        const auto row = values.begin() + static_cast<std::ptrdiff_t>(order[i] * columns);
        drawn.insert(drawn.end(), row, row + static_cast<std::ptrdiff_t>(columns));
    }
    return drawn;
}

std::size_t choose_num_cohorts(const std::vector<float>& values, std::size_t columns,
                               const CohortOptions& options, ThreadPool& pool) {
    if (options.min_cohorts == options.max_cohorts) return options.min_cohorts;
    Random random(options.seed);
    const std::vector<float> sample = draw_rows(values, columns, options.choice_sample, random);
    const std::size_t judged = std::min(options.silhouette_sample, sample.size() / columns);
    const std::span<const float> judged_rows(sample.data(), judged * columns);
    const Silhouette silhouette(judged_rows, columns, pool);
    std::size_t best = options.min_cohorts;
    double best_mean = -2;
    for (std::size_t k = options.min_cohorts; k <= options.max_cohorts; ++k) {
        const Clustering clustering =
            kmeans(sample, columns, {k, options.max_iterations, 2, options.seed}, pool);
        const double mean = silhouette.mean(std::span(clustering.cluster_of).first(judged),
                                            clustering.num_clusters);
        if (mean > best_mean) {
            best_mean = mean;
            best = k;
        }
        if (clustering.num_clusters < k) break;  // no more different customers than that
    }
    return best;
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_cohort(const TrainingData& data,
                                                const CohortOptions& options, ThreadPool& pool) {
    ATTUNE_TRY(check(options));
    ProfileEncoderOptions encoding;
    encoding.excluded_fields = options.excluded_fields;
    encoding.held = HeldFields::kExclude;
    encoding.max_categories = options.max_categories;
    ATTUNE_ASSIGN(ProfileEncoder encoder, ProfileEncoder::fit(data.customers, encoding));

    Clustering clustering;
    std::vector<std::uint32_t> cohort_of(data.num_customers(), kNoCohort);
    const Points points = encode_customers(data, encoder, pool);
    const std::size_t columns = encoder.num_columns();
    if (!points.values.empty()) {
        const std::size_t num_cohorts = choose_num_cohorts(points.values, columns, options, pool);
        clustering = kmeans(points.values, columns,
                            {num_cohorts, options.max_iterations, 1, options.seed}, pool);
    }
    for (std::size_t i = 0; i < clustering.cluster_of.size(); ++i) {
        cohort_of[points.customers[i]] = clustering.cluster_of[i];
    }
    std::vector<std::string> descriptions;
    for (std::size_t k = 0; k < clustering.num_clusters; ++k) {
        descriptions.push_back(describe_centroid(
            encoder, std::span(clustering.centroids).subspan(k * columns, columns)));
    }
    CohortRates rates =
        count_cohort_rates(data, cohort_of, clustering.num_clusters, options.prior_customers);
    return std::make_unique<Cohort>(data.catalogue, std::move(encoder),
                                    std::move(clustering.centroids), std::move(descriptions),
                                    std::move(rates));
}

Result<std::unique_ptr<Recommender>> load_cohort(BinaryReader& reader,
                                                 std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kFormat));
    ATTUNE_ASSIGN(ProfileEncoder encoder, ProfileEncoder::load(reader));
    auto centroids = reader.array<float>();
    auto descriptions = reader.texts();
    ATTUNE_TRY(reader.status());
    if (centroids.size() != descriptions.size() * encoder.num_columns() ||
        (encoder.num_columns() == 0 && !descriptions.empty()) ||
        !std::all_of(centroids.begin(), centroids.end(),
                     [](float value) { return std::isfinite(value); })) {
        return corrupt_model(kName, "its centroids do not fit the profile encoder");
    }
    ATTUNE_ASSIGN(CohortRates rates, load_cohort_rates(reader, descriptions.size()));
    return std::make_unique<Cohort>(std::move(catalogue), std::move(encoder), std::move(centroids),
                                    std::move(descriptions), std::move(rates));
}

}  // namespace attune
