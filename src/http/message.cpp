#include "http/message.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view http_method_name(HttpMethod method) {
    switch (method) {
        case HttpMethod::kGet:
            return "GET";
        case HttpMethod::kHead:
            return "HEAD";
        case HttpMethod::kPost:
            return "POST";
        case HttpMethod::kPut:
            return "PUT";
        case HttpMethod::kPatch:
            return "PATCH";
        case HttpMethod::kDelete:
            return "DELETE";
        case HttpMethod::kOptions:
            return "OPTIONS";
        case HttpMethod::kOther:
            break;
    }
    return "?";
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_name(key, name)) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> HttpRequest::cookie(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (!same_name(key, "cookie")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto end = rest.find(';');
            const std::string_view pair = trimmed(rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            const auto equals = pair.find('=');
            if (equals == name.size() && pair.substr(0, equals) == name) {
                return pair.substr(equals + 1);
            }
        }
    }
    return std::nullopt;
}

std::string_view http_reason_phrase(int status) {
    struct Phrase {
        int status;
        std::string_view text;
    };
    static constexpr std::array kPhrases{Phrase{200, "OK"},
                                         Phrase{201, "Created"},
                                         Phrase{202, "Accepted"},
                                         Phrase{204, "No Content"},
                                         Phrase{304, "Not Modified"},
                                         Phrase{400, "Bad Request"},
                                         Phrase{401, "Unauthorized"},
                                         Phrase{403, "Forbidden"},
                                         Phrase{404, "Not Found"},
                                         Phrase{405, "Method Not Allowed"},
                                         Phrase{406, "Not Acceptable"},
                                         Phrase{408, "Request Timeout"},
                                         Phrase{409, "Conflict"},
                                         Phrase{412, "Precondition Failed"},
                                         Phrase{413, "Content Too Large"},
                                         Phrase{414, "URI Too Long"},
                                         Phrase{415, "Unsupported Media Type"},
                                         Phrase{422, "Unprocessable Content"},
                                         Phrase{429, "Too Many Requests"},
                                         Phrase{431, "Request Header Fields Too Large"},
                                         Phrase{499, "Client Closed Request"},
                                         Phrase{500, "Internal Server Error"},
                                         Phrase{501, "Not Implemented"},
                                         Phrase{503, "Service Unavailable"}};
    const auto found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                    [&](const Phrase& phrase) { return phrase.status == status; });
    return found == kPhrases.end() ? "Status" : found->text;
}

}  // namespace attune
