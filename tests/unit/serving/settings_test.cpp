#include "serving/settings.hpp"
#include "serving/settings_live.hpp"
#include "support/source_path.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace attune {
namespace {

std::optional<std::string> no_environment(const std::string&) {
    return std::nullopt;
}

Config with(std::vector<std::string> overrides) {
    return Config::load(settings_schema(), {}, no_environment, overrides).value();
}

Catalogue categories(const std::vector<std::string>& names) {
    std::vector<Product> products;
    for (const std::string& name : names) {
        Product product;
        product.id = product.name = product.category = name;
        products.push_back(std::move(product));
    }
    return Catalogue(std::move(products));
}

TEST(Settings, AMisspeltSafeguardIsRefusedNotIgnored) {
    const Catalogue catalogue = categories({"TERM_DEPOSITS"});
    for (const char* set :
         {"ranking.one_of_category=TERM_DEPOSIT", "ranking.refuse_unknown=minimum-age"}) {
        const auto rules = constraint_rules(with({set}), catalogue);
        ASSERT_FALSE(rules) << set;
        EXPECT_EQ(rules.error().code, ErrorCode::kInvalidArgument);
    }
    const auto misspelt =
        constraint_rules(with({"eligibility.credit_categories=PERS_LOAN"}), catalogue);
    ASSERT_FALSE(misspelt);
    EXPECT_NE(misspelt.error().message.find("eligibility.credit_categories: there is no category "
                                            "'PERS_LOAN'"),
              std::string::npos);
    EXPECT_FALSE(reason_options(with({"explain.said_fields=occupation, gender"})));
    EXPECT_FALSE(import_options(with({"import.on_error=ignore"}), {}));
}

TEST(Settings, TheExampleFileIsWhatTheSchemaSays) {
    std::ifstream stream(source_path("config/attune.example.toml"));
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(text, with({}).to_toml())
        << "run: build/release/attune config > config/attune.example.toml";
}

TEST(Settings, EveryKeyStandsOnceUnderItsSection) {
    std::set<std::string> keys;
    std::set<std::string> closed;
    std::string section;
    for (const Setting& setting : settings_schema()) {
        EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
        EXPECT_GT(setting.help.size(), 10U) << setting.key;
        const std::string own = setting.key.substr(0, setting.key.find('.'));
        if (own != section) {
            EXPECT_TRUE(closed.insert(own).second) << own << " stands in two places";
            section = own;
        }
    }
}

TEST(Settings, AListenerHasRoomForWhatComesAtOnce) {
    const auto options = [](std::vector<std::string> overrides) {
        return live_stream_options(with(std::move(overrides)), Timestamp{5});
    };
    const LiveStreamOptions built_in;
    EXPECT_EQ(options({}).ring_messages, built_in.ring_messages);
    EXPECT_EQ(options({}).ring_jobs, built_in.ring_jobs);
    EXPECT_EQ(options({}).ring_alerts, built_in.ring_alerts);
    EXPECT_EQ(options({}).max_waiting_messages, built_in.max_waiting_messages);
    EXPECT_EQ(options({}).first_id, 5'000U);
    EXPECT_EQ(options({"stream.max_waiting_messages=10"}).max_waiting_messages, 4'000U);
    EXPECT_EQ(options({"events.max_batch=9000"}).max_waiting_messages, 18'000U);
    EXPECT_EQ(options({"events.max_batch=9000"}).ring_messages, 18'000U);
    EXPECT_EQ(options({"stream.ring_jobs=7", "stream.ring_alerts=30"}).ring_jobs, 7U);
    EXPECT_EQ(options({"stream.ring_jobs=7", "stream.ring_alerts=30"}).ring_alerts, 30U);
}

TEST(Settings, ReachTheParts) {
    const Config config =
        with({"import.max_columns=12", "import.on_error=skip", "events.weight_view=0.2",
              "ranking.items=4", "ranking.one_of_category=TERM_DEPOSITS, PERS_LOANS",
              "ranking.refuse_unknown=residency", "ranking.dismissed_expiry_days=90",
              "als.factors=8", "user_knn.similarity=jaccard", "storage.read_sessions=2",
              "blend.weights=als=0.4, item_knn=0.6"});
    EXPECT_EQ(reader_limits(config).max_columns, 12U);
    EXPECT_EQ(import_options(config, {})->on_error, OnError::kSkip);
    EXPECT_EQ(import_options(with({"events.max_clock_skew_s=1.5"}), Timestamp{1'000})->latest_time,
              Timestamp{2'500});
    EXPECT_EQ(event_weights(config).view, 0.2);
    EXPECT_EQ(rank_options(config).num_items, 4U);
    EXPECT_EQ(database_options(config).num_read_sessions, 2U);
    const Catalogue catalogue = categories({"TERM_DEPOSITS", "PERS_LOANS", "MARGIN_LOANS"});
    const ConstraintRules rules = constraint_rules(config, catalogue).value();
    EXPECT_TRUE(rules.exclude_held_category.contains("PERS_LOANS"));
    EXPECT_FALSE(rules.exclude_held_category.contains("MARGIN_LOANS"));
    EXPECT_EQ(rules.policy(EligibilityRule::kResidency), UnknownPolicy::kRefuse);
    EXPECT_EQ(rules.policy(EligibilityRule::kMinimumIncome), UnknownPolicy::kFlag);
    EXPECT_EQ(rules.dismissed_expiry_days, 90);
    EXPECT_EQ(rules.eligibility_defaults.credit_minimum_age, 18);
    EXPECT_EQ(rules.eligibility_defaults.of("PERS_LOANS").minimum_age, 18);
    EXPECT_EQ(rules.eligibility_defaults.of("PERS_LOANS").customer_kind, CustomerKind::kPerson);
    const ConstraintRules own =
        constraint_rules(with({"eligibility.credit_minimum_age=21",
                               "eligibility.credit_categories=TERM_DEPOSITS, OVERDRAFTS"}),
                         catalogue)
            .value();
    EXPECT_EQ(own.eligibility_defaults.of("TERM_DEPOSITS").minimum_age, 21);
    EXPECT_FALSE(own.eligibility_defaults.of("PERS_LOANS").minimum_age);
    EXPECT_TRUE(own.organisation_product_ids.empty());
    Product business = catalogue.product(ProductIndex(0));
    business.name = "Business Loan";
    EXPECT_EQ(constraint_rules(config, Catalogue({business, catalogue.product(ProductIndex(1)),
                                                  catalogue.product(ProductIndex(2))}))
                  ->organisation_product_ids,
              std::vector<std::string>{business.id});
    EXPECT_TRUE(reason_options(config)->said_fields.contains("occupation"));
    EXPECT_FALSE(
        reason_options(with({"explain.said_fields="}))->said_fields.contains("occupation"));
    const TrainingOptions options = training_options(config).value();
    EXPECT_EQ(options.base.als.solver.num_factors, 8U);
    EXPECT_EQ(options.base.user_knn.measure, SimilarityMeasure::kJaccard);
    EXPECT_FALSE(training_options(with({"user_knn.similarity=nearness"})));
    EXPECT_EQ(options.blend_weights.at("als"), 0.4);
    EXPECT_EQ(options.models.size(), 6U);
    EXPECT_TRUE(constraint_rules(with({}), catalogue)->exclude_held_category.contains("ANY"));
    EXPECT_FALSE(constraint_rules(with({"ranking.one_of_category=none"}), catalogue)
                     ->exclude_held_category.contains("ANY"));
}

TEST(Settings, RefuseWeightsThatAreNone) {
    for (const char* weights : {"als", "als=", "als=x", "als=-1", "als=nan", "astrology=1"}) {
        const auto options = training_options(with({std::string("blend.weights=") + weights}));
        ASSERT_FALSE(options) << weights;
        EXPECT_EQ(options.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(options.error().message.find("blend.weights"), std::string::npos);
    }
    EXPECT_FALSE(training_options(with({"blend.cold_weights=nobody=1"})));
    EXPECT_EQ(parse_names(" a, b ,,c "), (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace attune
