#include "http/service_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

namespace attune {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds{.0001, .00025, .0005, .001, .0025, .005, .01,
                                                       .025,  .05,    .1,    .25,  .5,    1,    5};

/// Values that are looked up when they are asked for.
class Looked : public prometheus::Collectable {
 public:
    void add(const std::string& name, const std::string& help, prometheus::MetricType type,
             std::function<double()> value) {
        const std::lock_guard lock(mutex_);
        values_.push_back({name, help, type, std::move(value)});
    }
    std::vector<prometheus::MetricFamily> Collect() const override {
        const std::lock_guard lock(mutex_);
        std::vector<prometheus::MetricFamily> families;
        for (const Value& value : values_) {
            prometheus::ClientMetric metric;
            if (value.type == prometheus::MetricType::Counter) {
                metric.counter.value = value.look();
            } else {
                metric.gauge.value = value.look();
            }
            families.push_back({value.name, value.help, value.type, {metric}});
        }
        return families;
    }

 private:
    struct Value {
        std::string name;
        std::string help;
        prometheus::MetricType type;
        std::function<double()> look;
    };
    mutable std::mutex mutex_;
    std::vector<Value> values_;
};

}  // namespace

struct ServiceMetrics::Parts {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("attune_http_requests_total")
            .Help("Requests by route, method and class of status")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds =
        prometheus::BuildHistogram()
            .Name("attune_http_request_seconds")
            .Help("Time from a request that was read to its answer, in seconds")
            .Register(registry);
    Looked looked;
    std::shared_ptr<std::array<std::atomic<std::uint64_t>, 2>> totals =
        std::make_shared<std::array<std::atomic<std::uint64_t>, 2>>();
};

struct ServiceMetrics::Route::Counters {
    std::array<prometheus::Counter*, 6> by_class{};  ///< 1xx to 5xx
    prometheus::Histogram* seconds = nullptr;
    std::shared_ptr<std::array<std::atomic<std::uint64_t>, 2>> totals;
};

void ServiceMetrics::Route::add(int status, std::chrono::nanoseconds duration) const {
    const auto status_class = static_cast<std::size_t>(status / 100);
    if (status_class < counters_->by_class.size() && counters_->by_class[status_class] != nullptr) {
        counters_->by_class[status_class]->Increment();
    }
    counters_->seconds->Observe(std::chrono::duration<double>(duration).count());
    (*counters_->totals)[0].fetch_add(1, std::memory_order_relaxed);
    if (status >= 500) (*counters_->totals)[1].fetch_add(1, std::memory_order_relaxed);
}

ServiceMetrics::ServiceMetrics() : parts_(std::make_unique<Parts>()) {}
ServiceMetrics::~ServiceMetrics() = default;

ServiceMetrics::Route ServiceMetrics::route(std::string_view method, std::string_view pattern) {
    auto counters = std::make_shared<Route::Counters>();
    const std::map<std::string, std::string> labels{{"method", std::string(method)},
                                                    {"route", std::string(pattern)}};
    for (std::size_t status_class = 2; status_class <= 5; ++status_class) {
        auto with_status = labels;
        with_status["status"] = std::to_string(status_class) + "xx";
        counters->by_class[status_class] = &parts_->requests.Add(with_status);
    }
    counters->seconds = &parts_->seconds.Add(labels, kSeconds);
    counters->totals = parts_->totals;
    Route route;
    route.counters_ = std::move(counters);
    return route;
}

void ServiceMetrics::add_gauge(const std::string& name, const std::string& help,
                               std::function<double()> value) {
    parts_->looked.add(name, help, prometheus::MetricType::Gauge, std::move(value));
}

void ServiceMetrics::add_counter(const std::string& name, const std::string& help,
                                 std::function<double()> value) {
    parts_->looked.add(name, help, prometheus::MetricType::Counter, std::move(value));
}

std::string ServiceMetrics::text() const {
    auto families = parts_->registry.Collect();
    for (auto& family : parts_->looked.Collect()) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
}

ServiceMetrics::Totals ServiceMetrics::totals() const {
    return {static_cast<double>((*parts_->totals)[0].load()),
            static_cast<double>((*parts_->totals)[1].load())};
}

}  // namespace attune
