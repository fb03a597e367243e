#include "fuzz/fuzz_http.hpp"
#include "http/query.hpp"

namespace attune {
namespace {

/// What was read, written down again in its plainest form, must read the same.
void check_round_trip(const QueryParameters& query) {
    std::string text;
    for (const auto& [name, value] : query.pairs()) {
        if (!text.empty()) text += '&';
        text += percent_encoded(name) + "=" + percent_encoded(value);
    }
    const auto again = QueryParameters::parse(text);
    fuzz_require(again.has_value() && again->pairs() == query.pairs());
}

void check_values(const QueryParameters& query) {
    for (const auto& [name, value] : query.pairs()) {
        fuzz_require(is_plain_text(name) && is_plain_text(value));
        fuzz_require(query.get(name).has_value());
        for (const std::string& one : query.all(name)) {
            fuzz_require(!one.empty() && one.find(',') == std::string::npos);
        }
        const auto number = query.integer(name, 7, -10, 10);
        fuzz_require(!number || (*number >= -10 && *number <= 10));
        const auto truth = query.boolean(name, true);
        fuzz_require(!truth || *query.get(name) == (*truth ? "true" : "false"));
    }
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    return {"user_id=bm-00001&n=10&purpose=marketing&explain=true",
            "q=J%C3%BCrgen+M%20%26%3D&category=a,b,,c&category=d&limit=-10",
            "empty=&flag&&=x&a=b=c&cursor=MTcwMDAwMDAwMDAwMDpl",
            "a=%F0%9F%98%80&b=%00&c=%zz&d=%C3%28&e=%"};
}

}  // namespace attune

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    const auto query = QueryParameters::parse(fuzz_text(data, size));
    if (!query) {
        fuzz_require(query.error().code == ErrorCode::kInvalidArgument);
        return 0;
    }
    fuzz_require(query->pairs().size() <= 200);
    check_values(*query);
    check_round_trip(*query);
    fuzz_require(query->only({}).has_value() == query->pairs().empty());
    return 0;
}
