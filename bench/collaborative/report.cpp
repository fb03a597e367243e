#include "collaborative/report.hpp"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

namespace attune {
namespace {

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    std::string line;
    while (std::getline(info, line)) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

}  // namespace

void Report::print(std::string_view benchmark, const nlohmann::json& figures) const {
    nlohmann::json line{{"benchmark", benchmark},  {"commit", facts_.commit},
                        {"compiler", __VERSION__}, {"cpu", processor_name()},
                        {"seed", facts_.seed},     {"threads", facts_.num_threads},
                        {"data", facts_.data}};
    line.update(figures);
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
}

double Stopwatch::process_cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double quantile(std::vector<double> values, double share) {
    const auto place =
        values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

}  // namespace attune
