#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

namespace attune {

/// Appends the text as a JSON string: quotes, backslashes and control characters escaped, bytes
/// that are no UTF-8 replaced by U+FFFD.
/// @cost one pass; runs that need nothing are copied as they are
void append_json_string(std::string_view text, fmt::memory_buffer& target);

/// Writes JSON by hand into one buffer, for answers that are made thousands of times a second.
///
///     json.object([&] {
///         json.field("name", name);
///         json.list("ids", ids, [&](const std::string& id) { json.value(id); });
///     });
class JsonText {
 public:
    /// @lifetime borrows the buffer
    explicit JsonText(fmt::memory_buffer& target) : target_(target) {}

    template <typename Fill>
    void object(const Fill& fill) {
        nest('{', fill, '}');
    }
    template <typename Range, typename Each>
    void array(const Range& range, const Each& each) {
        nest(
            '[',
            [&] {
                for (const auto& entry : range) each(entry);
            },
            ']');
    }

    void value(std::string_view text) {
        separate();
        append_json_string(text, target_);
    }
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool truth) {
        separate();
        raw(truth ? "true" : "false");
    }
    /// @pre finite
    template <typename Number>
    requires(std::integral<Number> || std::floating_point<Number>) &&
        (!std::same_as<Number, bool>)void value(Number number) {
        separate();
        fmt::format_to(fmt::appender(target_), "{}", number);
    }

    void key(std::string_view name) {
        separate();
        append_json_string(name, target_);
        target_.push_back(':');
        first_ = true;
    }
    template <typename Value>
    void field(std::string_view name, const Value& content) {
        key(name);
        value(content);
    }
    template <typename Fill>
    void object(std::string_view name, const Fill& fill) {
        key(name);
        object(fill);
    }
    template <typename Range, typename Each>
    void array(std::string_view name, const Range& range, const Each& each) {
        key(name);
        array(range, each);
    }
    /// A value that is JSON already.
    void json(std::string_view name, std::string_view text) {
        key(name);
        separate();
        raw(text);
    }

 private:
    template <typename Fill>
    void nest(char open, const Fill& fill, char close) {
        separate();
        target_.push_back(open);
        first_ = true;
        fill();
        target_.push_back(close);
        first_ = false;
    }
    void separate() {
        if (!first_) target_.push_back(',');
        first_ = false;
    }
    void raw(std::string_view text) { target_.append(text.data(), text.data() + text.size()); }

    fmt::memory_buffer& target_;
    bool first_ = true;
};

}  // namespace attune
