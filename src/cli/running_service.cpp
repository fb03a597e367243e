#include "cli/running_service.hpp"

namespace attune {

void RunningService::stop() {
    retention->stop();
    database->stop();
    jobs->stop();
    // Its listeners never end by themselves, and answers that are due must not wait for them.
    live->close_stream();
    http->stop();
    // Last, for every answer brings a decision.
    live->stop();
}

}  // namespace attune
