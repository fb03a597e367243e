#include "access/secure_random.hpp"

#include <sodium.h>

#include "core/assert.hpp"

namespace attune {
namespace {

// Without 0, 1, i, l and o.
constexpr std::string_view kReadable = "23456789abcdefghjkmnpqrstuvwxyz";

/// libsodium wants it once before anything else, from any thread.
void ready() {
    static const bool started = sodium_init() >= 0;
    ATTUNE_ASSERT(started);
}

}  // namespace

std::string random_bytes(std::size_t num_bytes) {
    ready();
    std::string bytes(num_bytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string random_readable(std::size_t num_characters) {
    ready();
    std::string text(num_characters, '\0');
    for (char& c : text) c = kReadable[randombytes_uniform(kReadable.size())];
    return text;
}

std::string random_token(std::size_t num_bytes) {
    const std::string bytes = random_bytes(num_bytes);
    std::string text(
        sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.pop_back();  // the NUL that C wants
    return text;
}

std::string secret_hash(std::string_view secret) {
    ready();
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(secret.data()),
                       secret.size(), nullptr, 0);
    std::string hex(2 * sizeof hash + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), hash, sizeof hash);
    hex.pop_back();
    return hex;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace attune
