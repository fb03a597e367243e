#pragma once

#include <string>
#include <vector>

#include "storage/sql/context.hpp"
#include "storage/stores.hpp"

/// Sorted and filtered listings of customers and products. A search reads one index that holds all
/// that is compared, never the documents; these are fetched for the page alone.
namespace attune {

struct ListingPage {
    std::vector<std::string> documents;
    std::optional<SortCursor> next;
};

/// @errors kInvalidArgument: a cursor of another listing
Result<ListingPage> list_sorted(SqlContext& context, const CustomerQuery& query);
Result<ListingPage> list_sorted(SqlContext& context, const ProductQuery& query);

/// How many all pages have.
Result<std::size_t> count_listed(SqlContext& context, const CustomerQuery& query);
Result<std::size_t> count_listed(SqlContext& context, const ProductQuery& query);

/// The values of a column of products, and how many have each.
Result<std::vector<ProductFacet>> list_facets(SqlContext& context, const std::string& column);

}  // namespace attune
