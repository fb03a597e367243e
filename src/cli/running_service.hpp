#pragma once

#include <memory>

#include "access/access_service.hpp"
#include "core/clock.hpp"
#include "core/monotonic_clock.hpp"
#include "http/service.hpp"
#include "jobs/job_runner.hpp"
#include "serving/live_service.hpp"
#include "serving/retention.hpp"
#include "serving/watched_database.hpp"

namespace attune {

/// The parts of a running service, in the order of their making.
struct RunningService {
    std::unique_ptr<WatchedDatabase> database;
    /// Of its own for who asks, which must not wait while exports hold the others.
    std::unique_ptr<Database> access_reads;
    SystemClock clock;
    SteadyClock monotonic;
    std::unique_ptr<AccessService> access;
    std::unique_ptr<LiveService> live;
    std::unique_ptr<JobRunner> jobs;
    std::unique_ptr<RetentionSweep> retention;
    std::unique_ptr<HttpService> http;

    /// Answers what was asked, and stores the decisions of what it answers.
    void stop();
};

}  // namespace attune
