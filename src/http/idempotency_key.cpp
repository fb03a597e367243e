#include "http/idempotency_key.hpp"

#include <fmt/core.h>

#include "core/hash.hpp"

namespace attune {
namespace {

constexpr const char* kHeader = "Idempotency-Key";
constexpr std::size_t kMostCharacters = 200;

}  // namespace

OrProblem<std::string> checked_idempotency_key(std::string_view key) {
    if (!key.empty() && key.size() <= kMostCharacters) return std::string(key);
    return tl::unexpected(Problem{400, "invalid_argument",
                                  "Idempotency-Key: must have 1 to 200 characters", kHeader});
}

std::string idempotent_request_hash(const HttpRequest& request) {
    return to_hex(hash128(fmt::format("{}\n{}", request.target, request.body)));
}

Problem idempotency_key_reused() {
    return {422, "conflict", "Idempotency-Key: was used for another request", kHeader};
}

}  // namespace attune
