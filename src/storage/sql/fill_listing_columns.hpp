#pragma once

#include "core/result.hpp"
#include "storage/sql/soci.hpp"

namespace attune {

/// Sets what customers and products are listed by, from their documents, for those that were stored
/// before there were such columns.
/// @errors kCorrupt: a document that cannot be read
/// @throws soci::soci_error
Status fill_listing_columns(soci::session& session);

}  // namespace attune
