#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/query.hpp"
#include "http/workers.hpp"

namespace attune {

/// What a handler gets: the request, who asks, and the path's parameters.
struct Call {
    const HttpRequest& request;
    const Target& target;
    const Principal& principal;
    std::vector<std::string_view> parameters;  ///< of the path, in its order
    std::string_view id;                       ///< of the request

    [[nodiscard]] std::string parameter(std::size_t index) const {
        return std::string(parameters[index]);
    }
};

using Handler = std::function<OrProblem<HttpResponse>(const Call&)>;

/// Who may call.
enum class Entry {
    kOpen,           ///< anybody
    kAuthenticated,  ///< whoever has credentials, also one who must change the password first
    kScoped,         ///< whoever has the route's scope
};

/// Where a handler runs: those that wait for the store, or compute for long, not on the threads
/// that the connections share. With a long body kInline goes to a worker too.
enum class Execution { kInline, kWorker };

struct Route {
    HttpMethod method = HttpMethod::kGet;
    std::string pattern;  ///< "/api/users/{id}/events"
    Entry entry = Entry::kScoped;
    Scope scope = Scope::kCustomersRead;  ///< looked at for kScoped
    Execution execution = Execution::kWorker;
    /// Of kWorker: which workers it may hold; none: kReading for GET, kWriting for the others.
    std::optional<Lane> lane{};
    /// Of kInline: the parameter of the query without which it takes long and goes to a worker.
    std::string_view inline_with{};
    std::size_t max_body_bytes = 0;  ///< 0: no body is read
    bool heeds_key = false;          ///< its handler sees to Idempotency-Key by itself
    Handler handler;
};

/// All routes, and the way from a request to one of them.
///
/// Immutable once made. RESTinio's own routers hide their routes behind regular expressions; these
/// are data, for the access test walks them.
class RouteTable {
 public:
    /// @pre no two routes match the same
    explicit RouteTable(std::vector<Route> routes);

    struct Match {
        const Route* route = nullptr;  ///< none: no such path, or not with this method
        std::vector<std::string_view> parameters;
        std::vector<HttpMethod> allowed;  ///< methods of the path; empty: no such path
    };

    /// HEAD matches GET. Literal segments win over parameters.
    /// @lifetime  the parameters point into `segments`
    [[nodiscard]] Match find(HttpMethod method, std::span<const std::string> segments) const;

    [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
    std::vector<Route> routes_;
    std::vector<std::vector<std::string>> patterns_;  ///< segments; "" for a parameter
};

}  // namespace attune
