#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace attune {

/// A position in a table, which cannot be swapped with a position in another one.
template <typename Tag>
struct Index {
    std::uint32_t value = 0;

    constexpr Index() = default;
    constexpr explicit Index(std::size_t position) : value(static_cast<std::uint32_t>(position)) {}

    /// For subscripts.
    [[nodiscard]] constexpr std::size_t at() const { return value; }

    friend constexpr auto operator<=>(const Index&, const Index&) = default;
};

using CustomerIndex = Index<struct CustomerTag>;
using ProductIndex = Index<struct ProductTag>;
using CategoryIndex = Index<struct CategoryTag>;

}  // namespace attune

template <typename Tag>
struct std::hash<attune::Index<Tag>> {
    std::size_t operator()(const attune::Index<Tag>& index) const noexcept { return index.value; }
};
