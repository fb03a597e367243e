#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace attune {

/// What the service counts of its requests, and what it is asked for by Prometheus.
///
/// @threads  safe from many
class ServiceMetrics {
 public:
    ServiceMetrics();
    ~ServiceMetrics();
    ServiceMetrics(const ServiceMetrics&) = delete;
    ServiceMetrics& operator=(const ServiceMetrics&) = delete;

    /// The counters of one route, to be kept beside it: looking them up by name costs more.
    class Route {
     public:
        /// @param status  of the answer
        void add(int status, std::chrono::nanoseconds duration) const;

     private:
        friend class ServiceMetrics;
        struct Counters;
        std::shared_ptr<const Counters> counters_;
    };
    /// @param pattern  "/api/users/{id}"
    Route route(std::string_view method, std::string_view pattern);

    /// A value that is looked up when the metrics are asked for.
    void add_gauge(const std::string& name, const std::string& help, std::function<double()> value);
    void add_counter(const std::string& name, const std::string& help,
                     std::function<double()> value);

    /// The text format of Prometheus, version 0.0.4.
    [[nodiscard]] std::string text() const;

    struct Totals {
        double requests = 0;
        double errors = 0;  ///< answers 500 and above
    };
    [[nodiscard]] Totals totals() const;

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace attune
