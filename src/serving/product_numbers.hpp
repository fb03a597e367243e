#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "features/catalogue.hpp"

namespace attune {

/// A short number for every product id that was ever seen, which stays when catalogues come and
/// go: what customers did is kept under it, and need not be touched when products change.
///
/// @threads  every member may be called from many threads
class ProductNumbers {
 public:
    using Number = std::uint32_t;

    /// The number of the id, made where it is new.
    Number number_of(std::string_view id);
    [[nodiscard]] std::optional<Number> find(std::string_view id) const;
    [[nodiscard]] std::string id_of(Number number) const;  ///< @pre number_of gave it
    [[nodiscard]] std::size_t size() const;

    /// For each number the product's index in the catalogue, or kNoProduct. Those that are made
    /// later are past its end and no product of the catalogue.
    [[nodiscard]] std::vector<std::uint32_t> indexes_in(const Catalogue& catalogue);

    static constexpr std::uint32_t kNoProduct = UINT32_MAX;

 private:
    mutable std::shared_mutex mutex_;
    std::deque<std::string> ids_;  ///< by number; never moves a string
    std::unordered_map<std::string_view, Number> number_by_id_;  ///< views of ids_
};

}  // namespace attune
