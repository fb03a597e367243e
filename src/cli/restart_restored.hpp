#pragma once

#include <functional>
#include <memory>

#include "cli/context.hpp"
#include "cli/running_service.hpp"
#include "serving/restore_desk.hpp"

namespace attune {

/// Stops a service, puts what was staged in the place of its database and starts it again, on the
/// same port, which is answered meanwhile (`stand_in_sink`). Where the backup cannot be put there
/// or cannot be served the service goes on with what was there; where that is in somebody's way it
/// is waited for, until `stopping`. Who asked is told, and the log and the stream.
/// @return the service that answers now
/// @errors no database can be served, or the port cannot be listened on: the program has to end
Result<std::unique_ptr<RunningService>> restart_restored(Context& context, const Config& config,
                                                         RestoreDesk& desk,
                                                         const RestoreRequest& request,
                                                         const std::function<bool()>& stopping,
                                                         std::unique_ptr<RunningService> service);

}  // namespace attune
