#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace attune {

/// Failed sign-ins under names that have no account. They are locked out like others, or the
/// answer would tell which names exist. What is oldest is forgotten first.
///
/// @threads  safe from many
class FailureMemory {
 public:
    explicit FailureMemory(std::size_t max_names) : max_names_(max_names) {}

    struct Failures {
        int count = 0;
        Timestamp locked_until{};
        Timestamp last{};
    };

    [[nodiscard]] Failures of(std::string_view name) const;
    void set(std::string_view name, const Failures& failures);

 private:
    std::size_t max_names_;
    mutable std::mutex mutex_;
    std::map<std::string, Failures, std::less<>> names_;
};

}  // namespace attune
