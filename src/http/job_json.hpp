#pragma once

#include <nlohmann/json_fwd.hpp>

#include "jobs/job.hpp"

namespace attune {

/// A job as callers see it: without where its files lie on this machine.
nlohmann::json job_json(const Job& job);

}  // namespace attune
