#include "serving/settings.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "serving/setting_values.hpp"
#include "serving/settings_access.hpp"
#include "serving/settings_als.hpp"
#include "serving/settings_http.hpp"
#include "serving/settings_linear.hpp"
#include "serving/settings_live.hpp"
#include "serving/settings_neighbours.hpp"
#include "serving/settings_sequence.hpp"
#include "serving/settings_sgd.hpp"

namespace attune {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

std::string list(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

void add_storage(std::vector<Setting>& schema) {
    schema.push_back(text("storage.database", "sqlite:attune.db", "Where the data is kept."));
    schema.push_back(text("storage.models_folder", "",
                          "Folder of the trained models; empty: beside the database, with .models "
                          "after its name."));
    schema.push_back(
        whole("storage.kept_models", 5, 1, 1000,
              "Newest versions of trained models that are kept; one that serves stays too."));
    schema.push_back(whole("storage.read_sessions", 4, 1, 64, "Connections for reading."));
    schema.push_back(whole("storage.max_waiting_writes", 10'000, 1, 1'000'000,
                           "Writes that may wait for the writer; more are refused."));
    schema.push_back(whole("storage.busy_timeout_ms", 5'000, 0, 600'000,
                           "How long to wait for another program that holds the database."));
}

void add_import(std::vector<Setting>& schema) {
    schema.push_back(whole("import.max_rows", 20'000'000, 1, 1'000'000'000,
                           "Rows a file may have; about 60 bytes of memory each."));
    schema.push_back(whole("import.max_columns", 256, 1, 16'384, "Columns a row may have."));
    schema.push_back(whole("import.max_cell_bytes", kMiB, 16, 64 * kMiB, "Bytes a cell may have."));
    schema.push_back(whole("import.max_unpacked_mib", 8'192, 1, 1'048'576,
                           "MiB that a compressed file, or a part of an .xlsx, may unpack to."));
    schema.push_back(real("import.max_expansion_ratio", 200, 1, 100'000,
                          "Unpacked bytes for each packed one, looked at past 64 MiB."));
    schema.push_back(whole("import.max_shared_strings_mib", 512, 1, 65'536,
                           "MiB that the shared strings of an .xlsx may take."));
    schema.push_back(whole("import.max_listed_issues", 100, 0, 100'000,
                           "Bad rows of each reason that are listed one by one."));
    schema.push_back(text("import.on_error", "stop",
                          "What to do at a bad row: stop (and change nothing) or skip (it)."));
}

void add_events(std::vector<Setting>& schema) {
    const EventWeights weights;
    schema.push_back(real("events.weight_view", weights.view, 0, 100, "What a view is worth."));
    schema.push_back(real("events.weight_like", weights.like, 0, 100, "What a like is worth."));
    schema.push_back(
        real("events.weight_comment", weights.comment, 0, 100, "What a comment is worth."));
    schema.push_back(real("events.weight_share", weights.share, 0, 100, "What a share is worth."));
    schema.push_back(
        real("events.weight_purchase", weights.purchase, 0, 100, "What a purchase is worth."));
}

void add_training(std::vector<Setting>& schema) {
    schema.push_back(text("training.models",
                          "popularity, content, item_knn, als, cohort, propensity",
                          "The recommenders to train."));
    schema.push_back(flag("training.tune", true,
                          "Whether to try several parameters on the last days of the data; the "
                          "keys of the recommenders below are then the first try."));
    schema.push_back(
        real("training.validation_days", 30, 1, 3'650,
             "The last days of the data, on which parameters and weights are chosen; where less "
             "than 1 % of the events lie there, the days of the last 5 % of them."));
    schema.push_back(
        whole("training.k", 20, 1, 1'000, "Choices maximise NDCG of lists of this length."));
    schema.push_back(whole("training.threads", 0, 0, 1'024, "0: as many as processors."));
    schema.push_back(whole("training.seed", 1, 0, 0, "The same seed gives the same models."));
    schema.push_back(text("blend.weights", "learned",
                          "Weights for customers with a history: learned, or such as als=0.4, "
                          "item_knn=0.6."));
    schema.push_back(text("blend.cold_weights",
                          "popularity=0.05, content=0.45, cohort=0.2, propensity=0.3",
                          "Weights for customers without a history; brought to sum 1 over the "
                          "recommenders that were trained."));
}

void add_models(std::vector<Setting>& schema) {
    const ModelOptions base;
    schema.push_back(real("popularity.half_life_days", 3, 0, 36'500,
                          "Days after which an event counts half; 0: events do not fade."));
    add_neighbour_settings(schema);
    schema.push_back(real("content.half_life_days", base.content.half_life_days, 0, 36'500,
                          "Days after which an event counts half; 0: never."));
    schema.push_back(whole("cohort.min_cohorts", whole_number(base.cohort.min_cohorts), 1, 256,
                           "Fewest groups of customers."));
    schema.push_back(whole("cohort.max_cohorts", whole_number(base.cohort.max_cohorts), 1, 256,
                           "Most groups of customers."));
    schema.push_back(whole("propensity.rounds", whole_number(base.propensity.trees.num_rounds), 1,
                           10'000, "Trees of each category."));
    schema.push_back(whole("propensity.max_depth", whole_number(base.propensity.trees.max_depth), 1,
                           16, "Questions a tree asks at most."));
    schema.push_back(real("propensity.learning_rate", base.propensity.trees.learning_rate, 1e-4, 1,
                          "How much of its correction each tree adds."));
}

void add_eligibility(std::vector<Setting>& schema) {
    const EligibilityDefaults defaults;
    schema.push_back(whole("eligibility.credit_minimum_age", defaults.credit_minimum_age, 0, 130,
                           "Years of age from which credit is offered where the product states no "
                           "minimum age; 0: any."));
    schema.push_back(text("eligibility.credit_categories", list(defaults.credit_categories),
                          "Categories of products that are credit. Name those of your own "
                          "catalogue if they read otherwise."));
    schema.push_back(text("eligibility.person_categories", list(defaults.person_categories),
                          "Categories that organisations are not offered, where the product states "
                          "no kind of customer."));
    schema.push_back(text("eligibility.organisation_categories",
                          list(defaults.organisation_categories),
                          "Categories that persons are not offered, where the product states no "
                          "kind of customer."));
    schema.push_back(
        text("eligibility.organisation_words", list(defaults.organisation_words),
             "Words in the name of a product that make it one for organisations, where "
             "the product states no kind of customer."));
}

void add_ranking(std::vector<Setting>& schema) {
    const RankOptions rank;
    schema.push_back(whole("ranking.items", 10, 1, 1'000, "Products in a list."));
    schema.push_back(whole("ranking.pool", whole_number(rank.pool_size), 1, 100'000,
                           "Best allowed products among which diversity chooses."));
    schema.push_back(real("ranking.mmr_lambda", rank.mmr_lambda, 0, 1,
                          "1: by score alone; less: similar products make room for others."));
    schema.push_back(whole("ranking.max_scored_events", 5'000, 1, 1'000'000,
                           "Newest events of a customer that the recommenders look at; the rules "
                           "look at all."));
    schema.push_back(flag("ranking.exclude_held", true, "Leave out products the customer bought."));
    schema.push_back(text("ranking.one_of_category", "all",
                          "Categories of which one product is enough, so that holders are shown no "
                          "other: all, none, or names such as TERM_DEPOSITS, PERS_LOANS."));
    schema.push_back(
        flag("ranking.exclude_dismissed", true, "Leave out products the customer dismissed."));
    schema.push_back(real("ranking.dismissed_expiry_days", 0, 0, 36'500,
                          "Days after which a dismissal is forgotten; 0: never."));
    schema.push_back(
        whole("ranking.category_cap", 3, 0, 1'000,
              "Most products of one category in a list; 0: any number. Products without a category "
              "are not counted."));
    schema.push_back(whole("ranking.brand_cap", 0, 0, 1'000,
                           "Most products of one brand in a list; 0: any number."));
    schema.push_back(text("ranking.refuse_unknown", "",
                          "Rules that refuse a product when the profile lacks what they ask for, "
                          "such as residency, minimum_income; others flag it to be checked."));
}

void add_explain(std::vector<Setting>& schema) {
    const SaidFields said;
    schema.push_back(text("explain.said_fields", list(said.allowed),
                          "Fields and attributes of a customer's profile that a reason may name, "
                          "and held for what is held. Others count and stay in the contributions, "
                          "but no text says them."));
    schema.push_back(text("explain.never_said_fields", list(said.never),
                          "Protected fields: no text ever says them, and naming one in said_fields "
                          "is an error."));
    schema.push_back(text("explain.templates", "",
                          "Folder of the texts of reasons; empty: config/templates/reasons."));
    schema.push_back(text("explain.language", "en", "Folder of the language within it."));
}

}  // namespace

const std::vector<Setting>& settings_schema() {
    static const std::vector<Setting> schema = [] {
        std::vector<Setting> all;
        add_storage(all);
        add_import(all);
        add_events(all);
        add_live_settings(all);
        add_training(all);
        add_models(all);
        add_als_settings(all);
        add_linear_settings(all);
        add_sequence_settings(all);
        add_sgd_settings(all);
        add_eligibility(all);
        add_ranking(all);
        add_explain(all);
        add_access_settings(all);
        add_http_settings(all);
        return all;
    }();
    return schema;
}

DatabaseOptions database_options(const Config& config) {
    DatabaseOptions options;
    options.num_read_sessions = size_of(config, "storage.read_sessions");
    options.max_waiting_writes = size_of(config, "storage.max_waiting_writes");
    options.busy_timeout_ms = static_cast<int>(config.integer("storage.busy_timeout_ms"));
    return options;
}

ReaderLimits reader_limits(const Config& config) {
    ReaderLimits limits;
    limits.max_columns = size_of(config, "import.max_columns");
    limits.max_cell_bytes = size_of(config, "import.max_cell_bytes");
    limits.max_unpacked_bytes = size_of(config, "import.max_unpacked_mib") * kMiB;
    limits.max_expansion_ratio = config.number("import.max_expansion_ratio");
    limits.max_shared_string_bytes = size_of(config, "import.max_shared_strings_mib") * kMiB;
    return limits;
}

Result<ImportOptions> import_options(const Config& config, Timestamp now) {
    ImportOptions options;
    const std::string& on_error = config.text("import.on_error");
    if (on_error != "stop" && on_error != "skip") {
        return fail(ErrorCode::kInvalidArgument, "import.on_error: '{}' is not stop or skip",
                    on_error);
    }
    options.max_rows = size_of(config, "import.max_rows");
    options.max_listed_issues = size_of(config, "import.max_listed_issues");
    options.latest_time = Timestamp{
        now.ms + static_cast<std::int64_t>(config.number("events.max_clock_skew_s") * 1'000)};
    options.on_error = on_error == "skip" ? OnError::kSkip : OnError::kStop;
    return options;
}

EventWeights event_weights(const Config& config) {
    EventWeights weights;
    weights.view = config.number("events.weight_view");
    weights.like = config.number("events.weight_like");
    weights.comment = config.number("events.weight_comment");
    weights.share = config.number("events.weight_share");
    weights.purchase = config.number("events.weight_purchase");
    return weights;
}

std::vector<std::string> parse_names(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view name = list.substr(0, comma);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (!name.empty()) names.emplace_back(name);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return names;
}

Result<ModelWeights> parse_weights(std::string_view list, std::string_view key) {
    ModelWeights weights;
    for (const std::string& entry : parse_names(list)) {
        const std::size_t equals = entry.find('=');
        double weight = -1;
        if (equals != std::string::npos) {
            const char* end = entry.data() + entry.size();
            const auto read = std::from_chars(entry.data() + equals + 1, end, weight);
            if (read.ec != std::errc() || read.ptr != end) weight = -1;
        }
        if (!(weight >= 0)) {
            return fail(ErrorCode::kInvalidArgument,
                        "{}: '{}' is not a weight; write it as als=0.4, item_knn=0.6", key, entry);
        }
        weights[entry.substr(0, equals)] = weight;
    }
    return weights;
}

namespace {

Status check_names(const ModelWeights& weights, std::string_view key) {
    const auto known = model_names();
    for (const auto& [name, weight] : weights) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return fail(ErrorCode::kInvalidArgument,
                        "{}: there is no recommender '{}'; there are {}", key, name,
                        fmt::join(known, ", "));
        }
    }
    return {};
}

void set_models(const Config& config, std::uint64_t seed, ModelOptions& base) {
    base.popularity.strength = {Strength::kSum, config.number("popularity.half_life_days")};
    set_linear_options(config, seed, base);
    set_sequence_options(config, base);
    base.content.half_life_days = config.number("content.half_life_days");
    base.cohort.min_cohorts = size_of(config, "cohort.min_cohorts");
    base.cohort.max_cohorts = size_of(config, "cohort.max_cohorts");
    base.cohort.seed = seed;
    base.propensity.trees.num_rounds = size_of(config, "propensity.rounds");
    base.propensity.trees.max_depth = size_of(config, "propensity.max_depth");
    base.propensity.trees.learning_rate = config.number("propensity.learning_rate");
    base.propensity.seed = seed;
}

}  // namespace

Result<TrainingOptions> training_options(const Config& config) {
    TrainingOptions options;
    options.models = parse_names(config.text("training.models"));
    options.tune = config.boolean("training.tune");
    options.validation_days = config.number("training.validation_days");
    options.k = size_of(config, "training.k");
    options.seed = static_cast<std::uint64_t>(config.integer("training.seed"));
    set_models(config, options.seed, options.base);
    ATTUNE_TRY(read_als_settings(config, options.seed, options.base));
    ATTUNE_TRY(read_neighbour_settings(config, options.base));
    read_sgd_settings(config, options.seed, options.base);
    if (const std::string& weights = config.text("blend.weights"); weights != "learned") {
        ATTUNE_ASSIGN(options.blend_weights, parse_weights(weights, "blend.weights"));
        ATTUNE_TRY(check_names(options.blend_weights, "blend.weights"));
    }
    ATTUNE_ASSIGN(options.cold_weights,
                  parse_weights(config.text("blend.cold_weights"), "blend.cold_weights"));
    ATTUNE_TRY(check_names(options.cold_weights, "blend.cold_weights"));
    return options;
}

}  // namespace attune
