#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "domain/product.hpp"
#include "ingest/import_report.hpp"

namespace attune {

/// Turns the `eligibility` list of a product of the Consumer Data Right (Australian banking
/// standard) into rules. What words say beyond a rule stays as a note; doubtful ones are only
/// notes, with a warning. docs/mappings.md lists the rules.
///
/// @param document  the product; `eligibility` may be missing
void apply_cdr_eligibility(const nlohmann::json& document, Product& product,
                           std::vector<Issue>& warnings);

}  // namespace attune
