#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "access/options.hpp"
#include "core/result.hpp"

namespace attune {

enum class PasswordMatch {
    kWrong,
    kRight,
    kRightButOld,  ///< right, but hashed with other parameters: hash it again
};

/// Hashes and checks passwords by Argon2id (RFC 9106), as libsodium does it.
///
/// @threads  safe from many; no more than `max_parallel_password_checks` run at a time, for each
///           takes its memory for tens of milliseconds
class Passwords {
 public:
    /// @errors kInternal: no memory for one hash
    static Result<std::unique_ptr<Passwords>> create(const AccessOptions& options);

    /// @errors kUnavailable: too many wait, or no memory
    /// @cost   tens of milliseconds of one processor: never on a thread that serves others
    Result<std::string> hash(std::string_view password);
    /// Whether `password` is the one that `hash` was made of. An empty `hash` stands for somebody
    /// who does not exist: it never matches, and takes as long.
    /// @errors as hash
    Result<PasswordMatch> check(std::string_view hash, std::string_view password);

    /// Whether `password` may be chosen by the account `name`.
    /// @errors kInvalidArgument says what is wrong: too short, too long (1,024 bytes), not UTF-8,
    ///         the name, all of one kind, one that everybody tries
    [[nodiscard]] Status check_choice(std::string_view password, std::string_view name) const;

 private:
    explicit Passwords(const AccessOptions& options);
    class Turn;

    AccessOptions options_;
    std::string nobodys_hash_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::int64_t num_running_ = 0;
    std::int64_t num_waiting_ = 0;
};

/// A random password that people can read and type: "k7pmx-2rfqd-8hwvt-3nzcb", 99 bits.
std::string one_time_password();

}  // namespace attune
