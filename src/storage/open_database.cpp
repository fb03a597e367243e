#include "storage/sqlite/open_sqlite.hpp"
#include "storage/stores.hpp"

namespace attune {

Result<std::unique_ptr<Database>> open_database(const std::string& url,
                                                const DatabaseOptions& options) {
    const std::size_t colon = url.find(':');
    const std::string backend = url.substr(0, colon);
    if (colon == std::string::npos || backend.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not the url of a database; use sqlite:PATH", url);
    }
    if (backend == "sqlite") return open_sqlite(url.substr(colon + 1), options);
    return fail(ErrorCode::kInvalidArgument, "there is no database back end '{}'; use sqlite:PATH",
                backend);
}

}  // namespace attune
