#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// What every line of a run says beside its figures.
struct RunFacts {
    std::string commit = "unknown";
    std::uint64_t seed = 1;
    std::size_t num_threads = 0;
    std::string data;  ///< hash of the data
};

/// Prints one JSON object a line.
class Report {
 public:
    explicit Report(RunFacts facts) : facts_(std::move(facts)) {}

    void print(std::string_view benchmark, const nlohmann::json& figures) const;

 private:
    RunFacts facts_;
};

/// The value, or the end of the program with the error's message.
template <typename T>
T must(Result<T> result) {
    if (!result) {
        fmt::print(stderr, "bench: {}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// @pre values is not empty, 0 <= share < 1
double quantile(std::vector<double> values, double share);
/// @pre values is not empty
double median(std::vector<double> values);

/// Time since it was made.
class Stopwatch {
 public:
    Stopwatch() : cpu_start_(process_cpu_seconds()), start_(std::chrono::steady_clock::now()) {}

    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    /// Processor time of all threads: what others do on the machine counts for little in it.
    [[nodiscard]] double cpu_seconds() const { return process_cpu_seconds() - cpu_start_; }

 private:
    static double process_cpu_seconds();

    double cpu_start_;
    std::chrono::steady_clock::time_point start_;  ///< after the slow call for the other
};

}  // namespace attune
