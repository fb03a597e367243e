#pragma once

#include <filesystem>

#include "access/access_service.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "http/service_metrics.hpp"
#include "http/stream_pump.hpp"
#include "jobs/job_runner.hpp"
#include "serving/live_service.hpp"
#include "serving/record_reader.hpp"
#include "serving/retention.hpp"
#include "serving/watched_database.hpp"

namespace attune {

/// What the routes call.
/// @lifetime  all outlive the service
struct ServiceParts {
    LiveService& live;
    JobRunner& jobs;
    AccessService& access;
    RecordReader& records;
    ServiceMetrics& metrics;
    const RetentionSweep& retention;
    const WatchedDatabase& store;
    const Clock& clock;
    std::filesystem::path uploads_folder;   ///< files that wait for their import
    std::filesystem::path mappings_folder;  ///< config/mappings
    bool secure = false;                    ///< cookies only over TLS
    std::shared_ptr<StreamPump> stream_pump = std::make_shared<StreamPump>();
};

/// Sizes and times of the interface; the keys "http.*" of the configuration.
struct ServiceLimits {
    std::size_t max_json_bytes = 1 << 20;
    std::uint64_t max_upload_bytes = 64ULL << 20;
    std::size_t max_page = 500;
    std::size_t default_page = 50;
    std::size_t idempotency_h = 24;
    bool open_metrics = false;
};

}  // namespace attune
