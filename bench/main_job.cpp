// Benchmarks of the main job: import, training, recommending, start-up, memory.

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "ingest/pack.hpp"
#include "serving/import_service.hpp"
#include "serving/recommend_service.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "serving/training_data_loader.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kNumRequests = 2'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <typename T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    std::string line;
    while (std::getline(info, line)) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

std::string hash_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    return to_hex(hash64(bytes));
}

class Bench {
 public:
    Bench(fs::path home, fs::path work, std::string commit)
        : home_(std::move(home)), work_(std::move(work)), commit_(std::move(commit)) {
        config_ =
            must(Config::load(settings_schema(), {},
                              [](const std::string&) { return std::optional<std::string>(); }, {}));
    }

    void run() {
        const fs::path retail = home_ / "data" / "retail";
        read("read_xlsx", retail / "OnlineRetail_first70051.xlsx");
        read("read_csv", retail / "online_retail.csv.xz");
        import_file("import_xlsx", retail / "OnlineRetail_first70051.xlsx", "xlsx.db");
        import_file("import_csv", retail / "online_retail.csv.xz", "retail.db");
        fit_each();
        train_and_recommend("retail", open("retail.db"));
        import_bank();
        train_and_recommend("bank", open("bank.db"));
        memory();
    }

 private:
    void report(const std::string& name, json figures, const std::string& data) {
        json line{{"benchmark", name},       {"commit", commit_}, {"compiler", __VERSION__},
                  {"cpu", processor_name()}, {"seed", kSeed},     {"data", data}};
        line.update(figures);
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
    }

    std::unique_ptr<Database> open(const std::string& name) {
        return must(open_database("sqlite:" + (work_ / name).string()));
    }

    void read(const std::string& name, const fs::path& file) {
        const auto start = std::chrono::steady_clock::now();
        const auto reader = must(open_rows(file));
        std::uint64_t rows = 0;
        std::uint64_t cells = 0;
        Row row;
        while (must(reader->next(row))) {
            ++rows;
            cells += row.cells.size();
        }
        const double seconds = seconds_since(start);
        report(name,
               {{"rows", rows},
                {"seconds", seconds},
                {"rows_per_s", static_cast<double>(rows) / seconds},
                {"cells_per_s", static_cast<double>(cells) / seconds}},
               hash_of(file));
    }

    ImportFile with_mapping(const fs::path& file, const std::string& mapping) {
        const std::array folders{home_ / "config" / "mappings"};
        return {file, must(find_mapping(mapping, folders))};
    }

    void import_file(const std::string& name, const fs::path& file, const std::string& database) {
        NullProgress progress;
        const auto store = open(database);
        const auto start = std::chrono::steady_clock::now();
        const ImportOutcome outcome =
            must(import_files(*store, {with_mapping(file, "online-retail")},
                              must(import_options(config_, SystemClock().now())), work_, progress));
        const double seconds = seconds_since(start);
        const auto rows = static_cast<double>(outcome.reports[0].rows_read);
        report(name,
               {{"rows", outcome.reports[0].rows_read},
                {"seconds", seconds},
                {"rows_per_s", rows / seconds},
                {"cells_per_s", 8 * rows / seconds}},
               hash_of(file));
    }

    void import_bank() {
        NullProgress progress;
        const auto store = open("bank.db");
        std::vector<ImportFile> files;
        for (const PackImport& part : must(load_pack(home_ / "data" / "bank")).imports) {
            files.push_back(with_mapping(part.file, part.mapping));
        }
        const auto start = std::chrono::steady_clock::now();
        must(import_files(*store, files, must(import_options(config_, SystemClock().now())), work_,
                          progress));
        report("import_bank", {{"seconds", seconds_since(start)}}, "bank");
    }

    void fit_each() {
        NullProgress progress;
        const auto store = open("retail.db");
        const auto start = std::chrono::steady_clock::now();
        const TrainingData data =
            must(load_training_data(*store, {.weights = {}, .now = SystemClock().now()}, progress));
        report("load_training_data",
               {{"seconds", seconds_since(start)}, {"events", data.interactions.size()}}, "retail");
        const TrainingOptions options = must(training_options(config_));
        ThreadPool pool;
        for (const std::string_view name : model_names()) {
            const auto begin = std::chrono::steady_clock::now();
            const auto model = fit_model(name, data, options.base, pool, progress);
            if (!model) continue;
            report("fit", {{"model", name}, {"seconds", seconds_since(begin)}}, "retail");
        }
    }

    void train_and_recommend(const std::string& name, std::unique_ptr<Database> store) {
        NullProgress progress;
        ThreadPool pool;
        TrainRequest request;
        request.options = must(training_options(config_));
        request.folder = work_ / (name + ".models");
        auto start = std::chrono::steady_clock::now();
        must(train_and_save(*store, request, SystemClock(), pool, progress));
        report("train", {{"seconds", seconds_since(start)}}, name);
        store.reset();

        start = std::chrono::steady_clock::now();
        const auto reopened = open(name + ".db");
        const auto loaded = must(load_current_snapshot(request.folder));
        const auto service = must(RecommendService::create(
            loaded.snapshot,
            must(load_reason_templates(home_ / "config/templates/reasons", "en"))));
        report("start", {{"seconds", seconds_since(start)}}, name);
        recommend(name, *reopened, *service);
    }

    void recommend(const std::string& name, Database& store, const RecommendService& service) {
        std::vector<Customer> customers;
        must(store.read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(customers, stores.customers().list({"", kNumRequests}));
            return {};
        }));
        RecommendOptions options;
        options.rank = rank_options(config_);
        options.rules = must(constraint_rules(config_, *service.snapshot().catalogue));
        const Timestamp now = SystemClock().now();
        std::vector<double> ranking;
        std::vector<double> whole;
        for (const Customer& customer : customers) {
            const auto start = std::chrono::steady_clock::now();
            const KnownCustomer known =
                must(load_known_customer(store, customer.id, service.snapshot(), now));
            const auto loaded = std::chrono::steady_clock::now();
            must(service.recommend(known, options, now));
            ranking.push_back(seconds_since(loaded));
            whole.push_back(seconds_since(start));
        }
        const auto quantile = [](std::vector<double>& values, double share) {
            std::sort(values.begin(), values.end());
            return 1e6 *
                   values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
        };
        report("recommend",
               {{"requests", customers.size()},
                {"products", service.snapshot().catalogue->num_products()},
                {"items", options.rank.num_items},
                {"p50_us", quantile(ranking, 0.5)},
                {"p99_us", quantile(ranking, 0.99)},
                {"p50_with_store_us", quantile(whole, 0.5)},
                {"p99_with_store_us", quantile(whole, 0.99)}},
               name);
    }

    void memory() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        std::ifstream status("/proc/self/statm");
        std::uint64_t pages = 0;
        std::uint64_t resident = 0;
        status >> pages >> resident;
        report("resident_memory",
               {{"mib", static_cast<double>(resident) * 4096 / (1 << 20)},
                {"peak_mib", static_cast<double>(usage.ru_maxrss) / 1024}},
               "retail, bank");
    }

    fs::path home_;
    fs::path work_;
    std::string commit_;
    Config config_;
};

}  // namespace
}  // namespace attune

int main(int argc, char** argv) {
    std::string home = ".";
    std::string work = ".";
    std::string commit = "unknown";
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view flag = argv[i];
        if (flag == "--home") home = argv[i + 1];
        if (flag == "--work") work = argv[i + 1];
        if (flag == "--commit") commit = argv[i + 1];
    }
    attune::Bench(home, work, commit).run();
    return 0;
}
