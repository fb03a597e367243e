#include "storage/sql/secret_store.hpp"

#include "storage/sql/rows.hpp"

namespace attune {
namespace {

using soci::into;
using soci::use;

std::string to_hex_text(std::string_view bytes) {
    std::string hex;
    hex.reserve(2 * bytes.size());
    for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex;
}

std::optional<std::string> from_hex_text(std::string_view hex) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = digit(hex[i]);
        const int low = digit(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

}  // namespace

Status SecretStoreSql::put(std::string_view name, std::string_view bytes) {
    ATTUNE_TRY(check_not_empty("the name of a secret", name));
    const std::string secret_name(name);
    const std::string hex = to_hex_text(bytes);
    ATTUNE_TRY(change_rows(context_,
                           "INSERT INTO secrets (name, bytes_hex) VALUES (:name, :hex) "
                           "ON CONFLICT (name) DO UPDATE SET bytes_hex = excluded.bytes_hex",
                           use(secret_name, "name"), use(hex, "hex")));
    return {};
}

Result<std::string> SecretStoreSql::get(std::string_view name) {
    const std::string secret_name(name);
    std::string hex;
    std::optional<std::string> found;
    const auto collect = [&]() -> Status {
        found = from_hex_text(hex);
        if (found) return {};
        return fail(ErrorCode::kCorrupt, "{}: the secret '{}' is damaged", context_.name, name);
    };
    ATTUNE_TRY(each_row(context_, "SELECT bytes_hex FROM secrets WHERE name = :name", collect,
                        use(secret_name, "name"), into(hex)));
    if (!found) return fail(ErrorCode::kNotFound, "there is no secret '{}'", name);
    return *found;
}

Status SecretStoreSql::remove(std::string_view name) {
    const std::string secret_name(name);
    ATTUNE_ASSIGN(
        const std::size_t num_removed,
        change_rows(context_, "DELETE FROM secrets WHERE name = :name", use(secret_name, "name")));
    if (num_removed > 0) return {};
    return fail(ErrorCode::kNotFound, "there is no secret '{}'", name);
}

}  // namespace attune
