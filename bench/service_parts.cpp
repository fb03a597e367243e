// What a request and an event cost before anything is recommended: credentials, limits, listings
// and the decision log. One JSON line a figure.
//
// usage: service_parts_bench [CUSTOMERS]   (default 41188, as many as the bank pack has)

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "access/access_service.hpp"
#include "access/rate_limiter.hpp"
#include "core/random.hpp"
#include "storage/stores.hpp"

namespace attune {
namespace {

using SteadyTime = std::chrono::steady_clock;

template <typename T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    fmt::print(stderr, "bench: {}\n", result.error().message);
    std::exit(1);
}

void must(const Status& status) {
    if (status) return;
    fmt::print(stderr, "bench: {}\n", status.error().message);
    std::exit(1);
}

/// The seconds of one call of `work`, the best of `num_rounds` times `num_calls` calls.
template <typename Work>
double seconds_of(int num_rounds, int num_calls, const Work& work) {
    double best = 1e9;
    for (int round = 0; round < num_rounds; ++round) {
        const auto start = SteadyTime::now();
        for (int i = 0; i < num_calls; ++i) work(i);
        const std::chrono::duration<double> passed = SteadyTime::now() - start;
        best = std::min(best, passed.count() / num_calls);
    }
    return best;
}

void report(const char* what, const char* unit, double value) {
    fmt::print("{{\"bench\":\"service_parts\",\"what\":\"{}\",\"{}\":{:.3f}}}\n", what, unit,
               value);
    std::fflush(stdout);
}

void put_customers(Database& database, int num_customers) {
    Random random(1);
    const char* first_names[] = {"Anna", "Bert", "Zoë", "Jürgen", "Maria", "Ivan", "Chloé", "Max"};
    const char* places[] = {"Graz", "Wien", "Linz", "Salzburg", "Köln", "Basel"};
    std::vector<Customer> customers;
    for (int i = 0; i < num_customers; ++i) {
        Customer customer;
        customer.id = fmt::format("bank-{:06}", i);
        customer.name =
            fmt::format("{} Huber{}", first_names[random.below(8)], random.below(5'000));
        customer.location = places[random.below(6)];
        if (random.below(10) > 0) customer.age = 18 + static_cast<int>(random.below(70));
        customer.occupation = "technician";
        customer.education = "tertiary";
        customer.marital_status = "single";
        customer.attributes = {{"balance", static_cast<double>(random.below(100'000))},
                               {"campaign_contacts", static_cast<double>(random.below(10))},
                               {"employment_rate", 1.25},
                               {"consumer_confidence", -36.4}};
        customers.push_back(std::move(customer));
    }
    must(database.write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.customers().put(customers));
        return {};
    }));
}

void time_listing(Database& database, const char* what, const CustomerQuery& query) {
    const auto find = [&](int) {
        must(database.read([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().find(query));
            return {};
        }));
    };
    const auto count = [&](int) {
        must(database.read([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().count(query));
            return {};
        }));
    };
    report(fmt::format("customers, page of 50, {}", what).c_str(), "ms",
           1e3 * seconds_of(5, 3, find));
    report(fmt::format("customers, total, {}", what).c_str(), "ms", 1e3 * seconds_of(5, 3, count));
}

void time_listings(Database& database) {
    constexpr auto kName = CustomerSort::kName;
    constexpr auto kAge = CustomerSort::kAge;
    time_listing(database, "by id", {.limit = 50});
    time_listing(database, "by name, descending",
                 {.sort = kName, .order = SortOrder::kDescending, .limit = 50});
    time_listing(database, "by age", {.sort = kAge, .limit = 50});
    time_listing(database, "by id, two words", {.text = "zoe graz", .limit = 50});
    time_listing(database, "by name, a rare word",
                 {.text = "huber4711", .sort = kName, .limit = 50});
    time_listing(database, "by age, a word of all", {.text = "huber", .sort = kAge, .limit = 50});
    time_listing(database, "by age, nothing found", {.text = "qqq", .sort = kAge, .limit = 50});
    time_listing(database, "by name, assigned ones",
                 {.assigned_to = "anna", .sort = kName, .limit = 50});
}

void time_decisions(Database& database) {
    constexpr int kBatch = 1'000;
    const std::string document(600, 'x');
    int next = 0;
    const double seconds = seconds_of(3, 20, [&](int) {
        std::vector<Decision> decisions;
        for (int i = 0; i < kBatch; ++i, ++next) {
            decisions.push_back({.id = fmt::format("d-{:010}", next),
                                 .customer_id = fmt::format("bank-{:06}", next % 40'000),
                                 .time = Timestamp{1'700'000'000'000 + next},
                                 .model_version = "2026-11-21T10-00-00",
                                 .purpose = "marketing",
                                 .document = document});
        }
        must(database.write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.decisions().append(decisions));
            return {};
        }));
    });
    report("decisions of 600 bytes, durable, in batches of 1000", "per_s", kBatch / seconds);
}

void time_credentials(Database& database) {
    const SystemClock clock;
    AccessOptions options;
    const auto service = must(AccessService::open(database, clock, options));
    const auto issued = must(
        service->accounts().create({.name = "anna", .display_name = "", .role = Role::kAdviser}));
    const auto session = must(service->sessions().sign_in("anna", issued.one_time_password));
    const std::string token = std::get<SignedIn>(session).access_token;
    const auto key =
        must(service->api_keys().create({.name = "x", .scopes = {Scope::kRecommend}}, "anna"));
    std::vector<std::string> ids;
    for (int i = 0; i < 200; ++i) ids.push_back(fmt::format("bank-{:06}", 31 * i));
    must(service->accounts().assign("anna", ids));
    report("authenticate, access token", "us",
           1e6 * seconds_of(5, 20'000, [&](int) { must(service->authenticate(token)); }));
    report("authenticate, API key", "us",
           1e6 * seconds_of(5, 20'000, [&](int) { must(service->authenticate(key.secret)); }));
    report("sign-in", "ms", 1e3 * seconds_of(3, 3, [&](int) {
                                must(service->sessions().sign_in("anna", issued.one_time_password));
                            }));
}

void time_limits() {
    RateLimiter limiter({.requests_per_s = 1e6, .burst = 100}, 65'536);
    std::vector<std::string> keys;
    for (int i = 0; i < 1'000; ++i) keys.push_back(fmt::format("account:user-{}", i));
    report("rate limit", "us", 1e6 * seconds_of(5, 100'000, [&](int i) {
                                   limiter.take(keys[static_cast<std::size_t>(i) % 1'000],
                                                i * 1'000);
                               }));
}

int run(int num_customers) {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / fmt::format("attune-bench-{}", ::getpid());
    std::filesystem::create_directories(folder);
    {
        const auto database = must(open_database("sqlite:" + (folder / "bench.db").string()));
        const auto start = SteadyTime::now();
        put_customers(*database, num_customers);
        const std::chrono::duration<double> passed = SteadyTime::now() - start;
        report("customers stored", "per_s", num_customers / passed.count());
        time_credentials(*database);
        time_limits();
        time_listings(*database);
        time_decisions(*database);
        NullProgress progress;
        report("backup", "ms", 1e3 * seconds_of(1, 1, [&](int) {
                                   must(database->backup(folder / "copy.db", progress));
                               }));
    }
    std::filesystem::remove_all(folder);
    return 0;
}

}  // namespace
}  // namespace attune

int main(int argc, char** argv) {
    return attune::run(argc > 1 ? std::atoi(argv[1]) : 41'188);
}
