#include "serving/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/random.hpp"

namespace attune {
namespace {

std::string json_string(std::string_view text) {
    fmt::memory_buffer buffer;
    append_json_string(text, buffer);
    return fmt::to_string(buffer);
}

TEST(JsonText, EscapesWhatJsonAsksFor) {
    EXPECT_EQ(json_string(""), "\"\"");
    EXPECT_EQ(json_string("plain text 123"), "\"plain text 123\"");
    EXPECT_EQ(json_string("a\"b\\c"), "\"a\\\"b\\\\c\"");
    EXPECT_EQ(json_string("\n\r\t"), "\"\\n\\r\\t\"");
    EXPECT_EQ(json_string(std::string_view("\x01\x1f\0", 3)), "\"\\u0001\\u001f\\u0000\"");
    EXPECT_EQ(json_string("</script>"), "\"</script>\"");
    EXPECT_EQ(json_string("Zürich, 東京, 🏦"), "\"Zürich, 東京, 🏦\"");
}

TEST(JsonText, ReplacesWhatIsNoUtf8) {
    const std::string mark = "\xEF\xBF\xBD";
    EXPECT_EQ(json_string("a\xFF"), "\"a" + mark + "\"");
    EXPECT_EQ(json_string("\xC3"), "\"" + mark + "\"");                        // cut off
    EXPECT_EQ(json_string("\xC0\xAF"), "\"" + mark + mark + "\"");             // overlong
    EXPECT_EQ(json_string("\xED\xA0\x80"), "\"" + mark + mark + mark + "\"");  // surrogate
    EXPECT_EQ(json_string("\xF4\x90\x80\x80"), "\"" + mark + mark + mark + mark + "\"");
    EXPECT_EQ(json_string("\xE2\x82z"), "\"" + mark + mark + "z\"");
}

TEST(JsonText, AnyBytesComeBackAsAReaderOfJsonRepairsThem) {
    Random random(3);
    for (int run = 0; run < 2'000; ++run) {
        std::string bytes;
        for (std::size_t i = random.below(12); i > 0; --i) {
            bytes += static_cast<char>(random.below(3) == 0 ? random.below(256)
                                                            : 0x80 + random.below(0x78));
        }
        const auto read = nlohmann::json::parse(json_string(bytes), nullptr, false);
        ASSERT_FALSE(read.is_discarded());
        // What was valid is kept as it was.
        const auto valid = nlohmann::json::parse("\"" + bytes + "\"", nullptr, false);
        if (!valid.is_discarded()) {
            EXPECT_EQ(read, valid);
        }
    }
}

TEST(JsonText, WritesNestedObjectsAndLists) {
    fmt::memory_buffer buffer;
    JsonText json(buffer);
    const std::vector<int> numbers{1, 2};
    const std::vector<int> none;
    json.object([&] {
        json.field("text", "x");
        json.field("yes", true);
        json.field("score", 0.1);
        json.array("numbers", numbers, [&](int number) { json.value(number); });
        json.array("none", none, [&](int number) { json.value(number); });
        json.object("inner", [&] { json.field("count", std::size_t{3}); });
        json.object("empty", [] {});
        json.json("raw", "[null]");
        json.array("objects", numbers,
                   [&](int number) { json.object([&] { json.field("n", number); }); });
    });
    EXPECT_EQ(fmt::to_string(buffer),
              R"({"text":"x","yes":true,"score":0.1,"numbers":[1,2],"none":[],)"
              R"("inner":{"count":3},"empty":{},"raw":[null],"objects":[{"n":1},{"n":2}]})");
}

}  // namespace
}  // namespace attune
