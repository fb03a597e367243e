// How fast the service answers, takes events in and starts; one JSON line a figure.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include "collaborative/report.hpp"
#include "core/random.hpp"
#include "ingest/pack.hpp"
#include "serving/answer_json.hpp"
#include "serving/import_service.hpp"
#include "serving/live_service.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Wanted {
    std::string home = ".";
    std::string work = ".";
    std::string commit = "unknown";
    std::size_t num_customers = 100'000;
    std::size_t num_events = 1'000'000;
    std::size_t num_requests = 4'000;
    bool recommend = false;
    bool events = false;
    bool start = false;
};

double resident_mib() {
    std::ifstream status("/proc/self/statm");
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    status >> pages >> resident;
    return static_cast<double>(resident) * 4'096 / (1 << 20);
}

double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

class ServingBench {
 public:
    explicit ServingBench(const Wanted& wanted)
        : wanted_(wanted), report_({wanted.commit, 1, std::thread::hardware_concurrency(), ""}) {
        config_ = config_with({});
    }

    void run() {
        if (wanted_.recommend) recommend();
        if (wanted_.events || wanted_.start) scale();
    }

 private:
    static Config config_with(const std::vector<std::string>& overrides) {
        return must(Config::load(
            settings_schema(), {}, [](const std::string&) { return std::optional<std::string>(); },
            overrides));
    }

    std::unique_ptr<Database> open(const std::string& name) {
        return must(open_database("sqlite:" + (fs::path(wanted_.work) / name).string()));
    }

    std::unique_ptr<LiveService> start(Database& database, const fs::path& models,
                                       const std::vector<std::string>& overrides = {}) {
        NullProgress progress;
        const LiveServiceOptions options{config_with(overrides), models, {}, [](const auto& text) {
                                             fmt::print(stderr, "alert: {}\n", text);
                                         }};
        return must(LiveService::start(database, clock_, options, progress));
    }

    void import_bank(Database& database) {
        const std::array folders{fs::path(wanted_.home) / "config" / "mappings"};
        std::vector<ImportFile> files;
        for (const PackImport& part :
             must(load_pack(fs::path(wanted_.home) / "data" / "bank")).imports) {
            files.push_back({part.file, must(find_mapping(part.mapping, folders))});
        }
        NullProgress progress;
        must(import_files(database, files, must(import_options(config_, SystemClock().now())),
                          wanted_.work, progress));
    }

    void train(Database& database, const fs::path& models) {
        TrainRequest request;
        request.options = must(training_options(config_with({"training.tune=false"})));
        request.event_weights = event_weights(config_);
        request.folder = models;
        ThreadPool pool;
        NullProgress progress;
        must(train_and_save(database, request, clock_, pool, progress));
    }

    /// Answers with reasons on the bank pack: each customer once, then from the kept answers.
    void recommend() {
        const auto database = open("bank.db");
        const fs::path models = fs::path(wanted_.work) / "bank.models";
        import_bank(*database);
        train(*database, models);
        std::vector<std::string> ids;
        must(database->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(const auto customers,
                          stores.customers().list({"", wanted_.num_requests}));
            for (const Customer& customer : customers) ids.push_back(customer.id);
            return {};
        }));
        for (const Explain explain : {Explain::kNo, Explain::kYes}) {
            const auto service = start(*database, models, {"serving.answer_cache_mib=1024"});
            time_requests("recommend", *service, ids, explain);
            time_requests("recommend_kept", *service, ids, explain);
            service->stop();
        }
    }

    void time_requests(const char* name, LiveService& service, const std::vector<std::string>& ids,
                       Explain explain) {
        std::vector<double> us;
        std::size_t bytes = 0;
        const Stopwatch whole;
        for (const std::string& id : ids) {
            const Stopwatch one;
            RecommendRequest request;
            request.customer_id = id;
            request.explain = explain;
            const Answer answer = must(service.recommender().recommend(request));
            fmt::memory_buffer text;
            append_answer(answer, text);
            us.push_back(one.seconds() * 1e6);
            bytes += text.size();
        }
        const double seconds = whole.seconds();
        report_.print(name, {{"requests", ids.size()},
                             {"products", service.models().current()->catalogue().num_products()},
                             {"explain", explain == Explain::kYes},
                             {"p50_us", quantile(us, 0.5)},
                             {"p99_us", quantile(us, 0.99)},
                             {"per_s", static_cast<double>(ids.size()) / seconds},
                             {"bytes_per_answer", bytes / ids.size()}});
    }

    /// Many customers and events of them on a few hundred products.
    void scale() {
        const auto database = open("scale.db");
        must(database->write([&](Stores& stores) { return fill(stores); }));
        const double before_mib = resident_mib();
        const Stopwatch stopwatch;
        const auto service = start(*database, fs::path(wanted_.work) / "none.models");
        report_.print("start", {{"customers", service->states().num_customers()},
                                {"events", service->states().num_events()},
                                {"seconds", stopwatch.seconds()},
                                {"cpu_seconds", stopwatch.cpu_seconds()},
                                {"states_mib", resident_mib() - before_mib},
                                {"resident_mib", resident_mib()}});
        if (!wanted_.events) return;
        for (const std::size_t num_threads : {1U, 4U, 16U}) time_events(*service, num_threads);
    }

    Status fill(Stores& stores) {
        std::vector<Product> products;
        for (std::size_t p = 0; p < 521; ++p) {
            Product product;
            product.id = fmt::format("product-{:04}", p);
            product.name = fmt::format("Product {}", p);
            product.category = fmt::format("CATEGORY_{}", p % 12);
            products.push_back(std::move(product));
        }
        ATTUNE_TRY(stores.products().put(products));
        Random random(1);
        std::vector<Customer> customers;
        for (std::size_t c = 0; c < wanted_.num_customers; ++c) customers.push_back(customer(c));
        ATTUNE_TRY(stores.customers().put(customers));
        std::vector<Event> events;
        for (std::size_t e = 0; e < wanted_.num_events; ++e) {
            events.push_back(event(random, fmt::format("event-{:08}", e)));
            if (events.size() < 10'000 && e + 1 < wanted_.num_events) continue;
            ATTUNE_TRY(stores.events().append(events));
            events.clear();
        }
        return {};
    }

    static Customer customer(std::size_t number) {
        Customer customer;
        customer.id = fmt::format("customer-{:06}", number);
        customer.name = fmt::format("Customer Number {}", number);
        customer.location = "Sydney";
        customer.age = 18 + static_cast<int>(number % 70);
        customer.occupation = number % 3 == 0 ? "retired" : "technician";
        customer.marital_status = "married";
        customer.education = "university degree";
        customer.interests = {"travel", "sustainable investing"};
        customer.held_categories = {"CATEGORY_1"};
        customer.attributes["average_balance"] = 1'234.0 + static_cast<double>(number);
        customer.attributes["channel"] = std::string("online");
        return customer;
    }

    Event event(Random& random, std::string id) const {
        Event event;
        event.id = std::move(id);
        event.customer_id = fmt::format("customer-{:06}", random.below(wanted_.num_customers));
        event.product_id = fmt::format("product-{:04}", random.below(521));
        event.type = kEventTypes[random.below(5)];
        event.time = {now_.ms - static_cast<std::int64_t>(random.below(365ULL * 86'400'000ULL))};
        event.context = fmt::format("session {}", random.below(1'000'000));
        return event;
    }

    void time_events(LiveService& service, std::size_t num_threads) {
        constexpr std::size_t kBatch = 100;
        const std::size_t num_batches = 400;
        std::vector<std::vector<Event>> batches(num_batches * num_threads);
        Random random(2 + num_threads);
        std::size_t number = 0;
        for (auto& batch : batches) {
            for (std::size_t e = 0; e < kBatch; ++e) {
                batch.push_back(event(random, fmt::format("new-{}-{}", num_threads, number++)));
            }
        }
        std::vector<double> ms(batches.size());
        const Stopwatch stopwatch;
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < num_threads; ++t) {
            threads.emplace_back([&, t] {
                for (std::size_t b = t; b < batches.size(); b += num_threads) {
                    const Stopwatch one;
                    const EventReceipt receipt = must(service.events().submit(batches[b]));
                    if (receipt.accepted != kBatch) std::abort();
                    ms[b] = one.seconds() * 1e3;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        const double seconds = stopwatch.seconds();
        report_.print("events",
                      {{"clients", num_threads},
                       {"batch", kBatch},
                       {"events", batches.size() * kBatch},
                       {"events_per_s", static_cast<double>(batches.size() * kBatch) / seconds},
                       {"cpu_us_per_event", stopwatch.cpu_seconds() * 1e6 /
                                                static_cast<double>(batches.size() * kBatch)},
                       {"p50_ms", quantile(ms, 0.5)},
                       {"p99_ms", quantile(ms, 0.99)}});
    }

    Wanted wanted_;
    Report report_;
    Config config_;
    SystemClock clock_;
    Timestamp now_ = clock_.now();
};

}  // namespace
}  // namespace attune

int main(int argc, char** argv) {
    attune::Wanted wanted;
    CLI::App app{"Benchmarks of serving"};
    app.add_option("--home", wanted.home, "The folder with config and data");
    app.add_option("--work", wanted.work, "An empty folder to work in");
    app.add_option("--commit", wanted.commit, "What is written into each line");
    app.add_option("--customers", wanted.num_customers, "Customers of --start and --events");
    app.add_option("--stored-events", wanted.num_events, "Their events");
    app.add_option("--requests", wanted.num_requests, "Customers of --recommend");
    app.add_flag("--recommend", wanted.recommend, "Answers on the bank pack");
    app.add_flag("--start", wanted.start, "Reading all states");
    app.add_flag("--events", wanted.events, "Taking events in");
    CLI11_PARSE(app, argc, argv);
    attune::ServingBench(wanted).run();
    return 0;
}
