#include "http/router.hpp"

#include <algorithm>

namespace attune {
namespace {

std::vector<std::string> segments_of(std::string_view pattern) {
    std::vector<std::string> segments;
    std::string_view rest = pattern.substr(1);
    while (!rest.empty()) {
        const auto end = rest.find('/');
        const std::string_view segment = rest.substr(0, end);
        segments.emplace_back(segment.front() == '{' ? std::string_view{} : segment);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return segments;
}

bool matches(const std::vector<std::string>& pattern, std::span<const std::string> segments) {
    return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                      [](const std::string& wanted, const std::string& segment) {
                          return wanted.empty() ? !segment.empty() : wanted == segment;
                      });
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
    // Where a literal segment and a parameter both match, the one with more literals is tried
    // first.
    std::stable_sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
        return std::count(a.pattern.begin(), a.pattern.end(), '{') <
               std::count(b.pattern.begin(), b.pattern.end(), '{');
    });
    patterns_.reserve(routes_.size());
    for (const Route& route : routes_) patterns_.push_back(segments_of(route.pattern));
}

RouteTable::Match RouteTable::find(HttpMethod method, std::span<const std::string> segments) const {
    const HttpMethod wanted = method == HttpMethod::kHead ? HttpMethod::kGet : method;
    Match match;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (!matches(patterns_[i], segments)) continue;
        match.allowed.push_back(routes_[i].method);
        if (routes_[i].method == HttpMethod::kGet) match.allowed.push_back(HttpMethod::kHead);
        if (routes_[i].method != wanted || match.route != nullptr) continue;
        match.route = &routes_[i];
        for (std::size_t k = 0; k < segments.size(); ++k) {
            if (patterns_[i][k].empty()) match.parameters.emplace_back(segments[k]);
        }
    }
    return match;
}

}  // namespace attune
