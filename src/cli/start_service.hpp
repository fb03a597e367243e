#pragma once

#include <memory>

#include "cli/context.hpp"
#include "cli/running_service.hpp"
#include "serving/restore_desk.hpp"

namespace attune {

/// What a service reads beside its database.
/// @errors those of Context::home
Result<LiveServiceOptions> live_options(const Context& context, const Config& config);

/// Opens the database of the command and puts on it all parts of a service but HTTP.
/// @lifetime borrows the context and the desk
/// @errors those of the parts
Result<std::unique_ptr<RunningService>> open_service(Context& context, const Config& config,
                                                     RestoreDesk& desk);

/// Answers requests from now on.
/// @errors those of HttpService::start, and of making the folder for uploads
Status listen(const Context& context, const Config& config, RunningService& service);

/// Begins what goes on by itself: removing what was kept long enough, trying a store that refuses.
void watch(RunningService& service);

}  // namespace attune
