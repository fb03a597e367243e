#pragma once

#include <kainjow/mustache.hpp>

#include <span>
#include <string>
#include <string_view>

#include "domain/condition.hpp"
#include "domain/product.hpp"
#include "explain/phrases.hpp"
#include "explain/reasons.hpp"
#include "explain/template_check.hpp"

namespace attune {

/// Name of the template that a reason is rendered with, what it may name, and the values.
/// `vocabulary_of(x)` and the data for x name the same things; a test holds them to it.
inline constexpr std::string_view kConditionTemplate = "condition";
inline constexpr std::string_view kItemTemplate = "item";

/// @param name  a reason code's name, "condition" or "item"
Vocabulary vocabulary_of(std::string_view name);

kainjow::mustache::data reason_data(const Reason& reason, const Product& product,
                                    const Names& names);

/// What `reason_data` makes of its arguments, in a few bytes: equal keys, equal data. Without
/// `of_product` the product is left out.
std::string reason_key(const Reason& reason, const Product& product, bool of_product);
std::string condition_key(const Condition& condition);

kainjow::mustache::data condition_data(const Condition& condition, const Names& names);

/// The text of one line that a value may be.
inline constexpr std::size_t kMostValueBytes = 160;
inline constexpr std::size_t kMostReasonBytes = 600;
inline constexpr std::size_t kMostItemBytes = 2000;
/// Conditions that an item's text lists; the others are counted.
inline constexpr std::size_t kMostConditions = 4;

/// @param reason_texts     one for each reason
/// @param condition_texts  those that are listed
/// @param product          null: the template names nothing of it
kainjow::mustache::data item_data(std::span<const std::string> reason_texts,
                                  std::span<const std::string> condition_texts,
                                  std::size_t num_more_conditions, const Product* product,
                                  const Names& names);

}  // namespace attune
