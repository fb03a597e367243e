#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace attune {

/// 64-bit XXH3 of the bytes: stable across runs, machines and versions. Not for secrets.
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};

/// 128-bit XXH3: two different rows of a file never share it in practice.
Hash128 hash128(std::string_view bytes);

/// 32 lower-case hexadecimal digits.
std::string to_hex(const Hash128& hash);
/// 16 lower-case hexadecimal digits.
std::string to_hex(std::uint64_t hash);

}  // namespace attune
