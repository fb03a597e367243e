#pragma once

#include <string>
#include <string_view>

/// Random text and hashes for secrets, by libsodium.
namespace attune {

/// `num_bytes` from the operating system's generator.
std::string random_bytes(std::size_t num_bytes);
/// Letters and digits that are not mistaken for each other; nearly 5 bits each.
std::string random_readable(std::size_t num_characters);
/// Random bytes as base64url without padding.
std::string random_token(std::size_t num_bytes);

/// BLAKE2b-256 as 64 hexadecimal digits. For secrets with 128 bits or more of their own only: it is
/// fast, and so no protection for passwords.
std::string secret_hash(std::string_view secret);

/// Takes as long wherever the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace attune
