#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attune {

/// Why bytes were not read as a request: the status that says so.
///
/// RESTinio tells it to its logger and then closes the connection, on one thread; the logger leaves
/// the refusal here and the socket, when it is closed, finds it and answers with it.
class PendingRefusal {
 public:
    /// @param message  what RESTinio tells of an error
    /// @return whether a request or a connection is refused, and not merely gone
    static bool note(std::string_view message);
    static void set(int status);
    /// The status that was left, which is then gone.
    static std::optional<int> take();

 private:
    static void note_parser_error(std::string_view message);
};

/// A whole answer as it goes over the wire: problem details, and the connection closes.
std::string refusal_answer(int status);

}  // namespace attune
