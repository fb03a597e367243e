#include <algorithm>

#include "domain/json.hpp"
#include "fuzz/fuzz_http.hpp"
#include "http/json_body.hpp"
#include "serving/event_service.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr Timestamp kNow{1'700'000'000'000};

int depth_of(const json& value) {
    int depth = 0;
    if (!value.is_structured()) return depth;
    for (const json& inner : value) depth = std::max(depth, depth_of(inner));
    return depth + 1;
}

/// What the routes make of a body: a record or a refusal, and a record can be written again.
void check_records(const json& body) {
    if (const auto event = event_input_from_json(body, kNow); event && !event->id.empty()) {
        fuzz_require(event_from_json(to_json(*event)).has_value());
    }
    if (const auto customer = customer_from_json(body)) {
        const auto again = customer_from_json(to_json(*customer));
        fuzz_require(again.has_value() && *again == *customer);
    }
    if (const auto product = product_from_json(body)) {
        const auto again = product_from_json(to_json(*product));
        fuzz_require(again.has_value() && *again == *product);
    }
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    return {R"({"id":"e1","customer_id":"c1","product_id":"p1","type":"purchase",)"
            R"("time":"2026-07-04T08:26:00Z","quantity":2,)"
            R"("unit_price":{"amount":"12.50","currency":"EUR"}})",
            R"({"id":"c1","kind":"person","name":"J\u00fcrgen \ud83d\ude00","age":40,)"
            R"("income":{"amount":"1.00","currency":"EUR"},"interests":["a","b"]})",
            R"({"id":"p1","name":"Savings","category":"TERM_DEPOSITS","available":true})",
            R"({"events":[{"a":1},{"a":-0.5e-3,"b":null}],"a":{"a":{"a":[[[]]]}}})",
            std::string(40, '[') + std::string(40, ']'),
            R"({"a":1,"a":2})",
            "\xEF\xBB\xBF[1e999, 18446744073709551616, \"\xC3\x28\"]"};
}

}  // namespace attune

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    HttpRequest request;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = fuzz_text(data, size);
    const auto body = read_json(request);
    const auto object = read_json_object(request);
    if (!body) {
        fuzz_require(body.error().status == 400 && !object);
        // A refusal can always be sent, whatever it quotes.
        fuzz_require(!problem_response(body.error(), "id").body.empty());
        return 0;
    }
    fuzz_require(object.has_value() == body->is_object());
    fuzz_require(depth_of(*body) <= kMaxJsonDepth);
    // Throws where a text within is no UTF-8.
    const std::string text = body->dump();
    request.body = text;
    const auto again = read_json(request);
    fuzz_require(again.has_value() && *again == *body);
    check_records(*body);
    return 0;
}
