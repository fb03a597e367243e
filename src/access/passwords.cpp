#include "access/passwords.hpp"

#include <sodium.h>

#include <optional>
#include <utility>

#include "access/common_passwords.hpp"
#include "access/secure_random.hpp"

namespace attune {
namespace {

constexpr std::size_t kMaxPasswordBytes = 1'024;

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

/// Characters of UTF-8 text; none when it is no UTF-8.
std::optional<std::size_t> count_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        if (lead >= 0xF0 && lead <= 0xF4) {
            length = 4;
        } else if (lead >= 0xE0) {
            length = 3;
        } else if (lead >= 0xC2) {
            length = 2;
        } else if (lead >= 0x80) {
            return std::nullopt;
        }
        if (lead > 0xF4 || i + length > text.size()) return std::nullopt;
        for (std::size_t j = 1; j < length; ++j) {
            if ((static_cast<unsigned char>(text[i + j]) & 0xC0) != 0x80) return std::nullopt;
        }
        i += length;
    }
    return count;
}

/// Whether each byte follows from the one before: "aaaaaaaaaaaa", "abcdefghijkl", "210987654321".
bool is_one_run(std::string_view text) {
    if (text.size() < 2) return true;
    const int step = text[1] - text[0];
    if (step < -1 || step > 1) return false;
    for (std::size_t i = 2; i < text.size(); ++i) {
        const int found = text[i] - text[i - 1];
        const bool wraps =
            (text[i - 1] == '9' && text[i] == '0') || (text[i - 1] == '0' && text[i] == '9');
        if (found != step && !wraps) return false;
    }
    return true;
}

}  // namespace

/// Leave to hash, given to a few at a time.
class Passwords::Turn {
 public:
    static Result<std::unique_ptr<Turn>> take(Passwords& passwords) {
        std::unique_lock lock(passwords.mutex_);
        const auto free = [&] {
            return passwords.num_running_ < passwords.options_.max_parallel_password_checks;
        };
        if (!free() && passwords.num_waiting_ >= passwords.options_.max_waiting_password_checks) {
            return fail(ErrorCode::kUnavailable,
                        "{} sign-ins wait already; try again in a few seconds",
                        passwords.num_waiting_);
        }
        ++passwords.num_waiting_;
        passwords.freed_.wait(lock, free);
        --passwords.num_waiting_;
        ++passwords.num_running_;
        return std::unique_ptr<Turn>(new Turn(passwords));
    }
    ~Turn() {
        {
            const std::lock_guard lock(passwords_.mutex_);
            --passwords_.num_running_;
        }
        passwords_.freed_.notify_one();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

 private:
    explicit Turn(Passwords& passwords) : passwords_(passwords) {}
    Passwords& passwords_;
};

Passwords::Passwords(const AccessOptions& options) : options_(options) {}

Result<std::unique_ptr<Passwords>> Passwords::create(const AccessOptions& options) {
    std::unique_ptr<Passwords> passwords(new Passwords(options));
    ATTUNE_ASSIGN(passwords->nobodys_hash_, passwords->hash(random_token(32)));
    return passwords;
}

Result<std::string> Passwords::hash(std::string_view password) {
    ATTUNE_ASSIGN(const auto turn, Turn::take(*this));
    char hash[crypto_pwhash_STRBYTES];
    const int failed = crypto_pwhash_str_alg(
        hash, password.data(), password.size(),
        static_cast<unsigned long long>(options_.password_passes),
        static_cast<std::size_t>(options_.password_memory_mib) << 20, crypto_pwhash_ALG_ARGON2ID13);
    if (failed == 0) return std::string(hash);
    return fail(ErrorCode::kUnavailable,
                "there is no memory to hash a password ({} MiB, access.password_memory_mib)",
                options_.password_memory_mib);
}

Result<PasswordMatch> Passwords::check(std::string_view hash, std::string_view password) {
    ATTUNE_ASSIGN(const auto turn, Turn::take(*this));
    const bool nobody = hash.empty();
    const std::string stored(nobody ? std::string_view(nobodys_hash_) : hash);
    // What is longer was never chosen; the cost of hashing grows with it only slightly.
    const bool same =
        password.size() <= kMaxPasswordBytes &&
        crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
    if (nobody || !same) return PasswordMatch::kWrong;
    const int old = crypto_pwhash_str_needs_rehash(
        stored.c_str(), static_cast<unsigned long long>(options_.password_passes),
        static_cast<std::size_t>(options_.password_memory_mib) << 20);
    return old == 0 ? PasswordMatch::kRight : PasswordMatch::kRightButOld;
}

Status Passwords::check_choice(std::string_view password, std::string_view name) const {
    if (password.size() > kMaxPasswordBytes) {
        return fail(ErrorCode::kInvalidArgument, "a password may have at most {} bytes",
                    kMaxPasswordBytes);
    }
    const auto num_characters = count_characters(password);
    if (!num_characters) return fail(ErrorCode::kInvalidArgument, "the password is not UTF-8");
    if (std::cmp_less(*num_characters, options_.min_password_length)) {
        return fail(ErrorCode::kInvalidArgument, "a password must have at least {} characters",
                    options_.min_password_length);
    }
    const std::string lower = lower_case(password);
    if (!name.empty() && lower.find(lower_case(name)) != std::string::npos && name.size() >= 4) {
        return fail(ErrorCode::kInvalidArgument,
                    "a password must not contain the name of the account");
    }
    if (is_one_run(lower) || is_common_password(lower)) {
        return fail(ErrorCode::kInvalidArgument,
                    "this password is among the first that are tried; choose another");
    }
    return {};
}

std::string one_time_password() {
    std::string text = random_readable(20);
    for (const std::size_t dash : {15U, 10U, 5U}) text.insert(dash, 1, '-');
    return text;
}

}  // namespace attune
