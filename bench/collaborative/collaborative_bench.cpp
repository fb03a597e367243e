// Benchmarks of the collaborative core on made data: one JSON line for each measurement.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "collaborative/planted_feedback.hpp"

namespace attune {
namespace {

using nlohmann::json;

template <typename T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace
}  // namespace attune

int main(int argc, char** argv) {
    using namespace attune;
    CLI::App app("Benchmarks of the collaborative core");
    std::string shape = "20M";
    std::string file;
    std::size_t num_interactions = 0;
    std::size_t num_threads = 2;
    PlantedFeedbackOptions options;
    app.add_option("--shape", shape, "1M or 20M")->check(CLI::IsMember({"1M", "20M"}));
    app.add_option("--interactions", num_interactions, "as many of them; 0 takes the shape's");
    app.add_option("--threads", num_threads, "0 takes all processors");
    app.add_option("--seed", options.seed, "of the data");
    app.add_option("--write", file, "write the data to this file");
    CLI11_PARSE(app, argc, argv);
    options.shape = shape == "1M" ? kMovieLens1M : kMovieLens20M;
    if (num_interactions > 0) options.shape = options.shape.with_interactions(num_interactions);

    ThreadPool pool(num_threads);
    const auto start = std::chrono::steady_clock::now();
    const CsrMatrix matrix = must(planted_feedback(options, pool));
    const json line{{"benchmark", "planted_feedback"}, {"customers", matrix.num_rows},
                    {"products", matrix.num_columns},  {"interactions", matrix.num_nonzero()},
                    {"seconds", seconds_since(start)}, {"data", data_hash(matrix)}};
    fmt::print("{}\n", line.dump());
    if (!file.empty()) must(write_feedback(file, matrix));
    return 0;
}
