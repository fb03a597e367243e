#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/customer.hpp"
#include "domain/product.hpp"

/// What is asked of the stores to show long lists a page at a time. Pages are found by the place
/// after the last entry, never by counting, so that a page costs the same wherever it is and
/// nothing is shown twice because something was added before it.
namespace attune {

/// Whole days, UTC, one after the other.
struct DayRange {
    Timestamp first{};  ///< the midnight that the first begins with
    std::size_t num_days = 1;

    [[nodiscard]] Timestamp midnight(std::size_t day_index) const {
        return {first.ms + static_cast<std::int64_t>(day_index) * kMsPerDay};
    }
};

/// A page of a listing in ascending order of ids: `after` is the last id of the page before.
struct Page {
    std::string after{};
    std::size_t limit = 100;
};

/// A place in a listing by time: that of one entry.
struct TimeCursor {
    Timestamp time{};
    std::string id{};

    friend bool operator==(const TimeCursor&, const TimeCursor&) = default;
};

/// A page of a listing with the newest first, of two of one instant the one with the greater id.
struct NewestFirst {
    std::optional<std::string> customer_id{};  ///< none: of all customers
    std::optional<std::string> assigned_to{};  ///< name of an account: of those assigned to it
    std::optional<TimeCursor> before{};        ///< the last entry of the page before
    std::size_t limit = 100;
};

enum class SortOrder { kAscending, kDescending };

/// A place in a sorted listing: the value that it is sorted by, and the id.
struct SortCursor {
    std::string value{};
    std::string id{};

    friend bool operator==(const SortCursor&, const SortCursor&) = default;
};

template <typename Record>
struct SortedPage {
    std::vector<Record> records;
    std::optional<SortCursor> next;  ///< to be given for the page after; none: this is the last
};

enum class CustomerSort { kId, kName, kAge };

/// Which customers to list and how. Text is compared without regard to case and accents.
struct CustomerQuery {
    std::string text{};      ///< words, each of which id, name or location must contain
    std::string location{};  ///< the whole of it; empty: any
    std::optional<CustomerKind> kind{};
    std::optional<std::string> assigned_to{};  ///< name of an account: those assigned to it
    /// Names are sorted without regard to case and accents; unknown ages come last in both orders.
    CustomerSort sort = CustomerSort::kId;
    SortOrder order = SortOrder::kAscending;
    std::optional<SortCursor> after{};
    std::size_t limit = 100;
};

enum class ProductSort { kId, kName, kCategory, kBrand };

/// Which products to list and how. Text is compared without regard to case and accents.
struct ProductQuery {
    std::string text{};  ///< words, each of which id, name, category or brand must contain
    std::optional<std::string> category{};  ///< exactly
    std::optional<std::string> brand{};     ///< exactly
    std::optional<bool> available{};        ///< as marked; the days of availability are not asked
    ProductSort sort = ProductSort::kId;
    SortOrder order = SortOrder::kAscending;
    std::optional<SortCursor> after{};
    std::size_t limit = 100;
};

/// A value that products have, and how many have it.
struct ProductFacet {
    std::string value{};
    std::size_t num_products = 0;

    friend bool operator==(const ProductFacet&, const ProductFacet&) = default;
};

}  // namespace attune
