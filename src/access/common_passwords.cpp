#include "access/common_passwords.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

constexpr std::array<std::string_view, 62> kLong{"1q2w3e4r5t6y",
                                                 "1q2w3e4r5t6y7u",
                                                 "1qaz2wsx3edc",
                                                 "1qaz2wsx3edc4rfv",
                                                 "1qazxsw23edc",
                                                 "q1w2e3r4t5y6",
                                                 "qwertyuiop12",
                                                 "qwertyuiop123",
                                                 "qwertyuiop[]",
                                                 "qwertzuiop12",
                                                 "qwertzuiop123",
                                                 "azertyuiop123",
                                                 "asdfghjkl123",
                                                 "asdfghjkl;'",
                                                 "zxcvbnm12345",
                                                 "qwerty123456",
                                                 "qwerty12345!",
                                                 "123456789qwerty",
                                                 "1234567890qwerty",
                                                 "1234qwerasdf",
                                                 "1234qwerasdfzxcv",
                                                 "123qweasdzxc",
                                                 "123123123123",
                                                 "121212121212",
                                                 "112233445566",
                                                 "111222333444",
                                                 "147258369147",
                                                 "987654321987",
                                                 "abc123abc123",
                                                 "abcd1234abcd",
                                                 "abcdef123456",
                                                 "a1b2c3d4e5f6",
                                                 "aa1234567890",
                                                 "a1234567890b",
                                                 "letmeinplease",
                                                 "letmeinletmein",
                                                 "iloveyou1234",
                                                 "iloveyouforever",
                                                 "passwordpassword",
                                                 "mypassword123",
                                                 "thisismypassword",
                                                 "password123456",
                                                 "passw0rd1234",
                                                 "p@ssw0rd1234",
                                                 "p@ssword1234",
                                                 "p@$$w0rd1234",
                                                 "adminadminadmin",
                                                 "administrator1",
                                                 "administrator123",
                                                 "admin1234567",
                                                 "rootrootroot",
                                                 "changemechangeme",
                                                 "changeme1234",
                                                 "welcome12345",
                                                 "welcome123456",
                                                 "correcthorsebatterystaple",
                                                 "correct horse battery staple",
                                                 "supersecret123",
                                                 "secretsecret",
                                                 "trustno1trustno1",
                                                 "sommer2024sommer",
                                                 "sunshine12345"};

constexpr std::array<std::string_view, 34> kShort{
    "password", "passwort",   "passw0rd", "p@ssw0rd",  "p@ssword", "qwerty",        "qwertz",
    "azerty",   "qwertyuiop", "asdfgh",   "asdfghjkl", "letmein",  "iloveyou",      "welcome",
    "monkey",   "dragon",     "football", "baseball",  "master",   "sunshine",      "princess",
    "superman", "batman",     "shadow",   "trustno1",  "admin",    "administrator", "root",
    "changeme", "secret",     "attune",   "abc123",    "hallo",    "willkommen"};

/// Digits and the marks that people put where a rule asks for one.
bool is_padding(char c) {
    return (c >= '0' && c <= '9') || c == '!' || c == '.' || c == '?' || c == '#' || c == '*' ||
           c == '_' || c == '-' || c == ' ';
}

/// Whether `text` is `word`, once or again and again, with nothing but padding around it.
bool is_word_with_padding(std::string_view text, std::string_view word) {
    bool found = false;
    while (!text.empty()) {
        if (text.starts_with(word)) {
            text.remove_prefix(word.size());
            found = true;
        } else if (is_padding(text.front())) {
            text.remove_prefix(1);
        } else {
            return false;
        }
    }
    return found;
}

}  // namespace

bool is_common_password(std::string_view lower) {
    if (std::all_of(lower.begin(), lower.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return true;
    }
    return std::find(kLong.begin(), kLong.end(), lower) != kLong.end() ||
           std::any_of(kShort.begin(), kShort.end(),
                       [&](std::string_view word) { return is_word_with_padding(lower, word); });
}

}  // namespace attune
