#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/customer.hpp"
#include "domain/product.hpp"

namespace attune {

/// Text without what a search does not look at: case, accents, and the width and form of letters
/// ("Zoë" and "ZOE" become "zoe").
std::string fold_for_search(std::string_view text);

/// The words of what somebody looks for, folded: at most eight, the rest is not looked at.
std::vector<std::string> search_words(std::string_view text);

/// What a customer is listed, sorted and searched by.
struct CustomerKeys {
    std::string name;
    std::string location;
    int age = -1;  ///< -1: unknown
    std::string search_text;
};
CustomerKeys listing_keys(const Customer& customer);

/// What a product is listed, sorted and searched by, beyond its own fields.
struct ProductKeys {
    std::string name;
    std::string search_text;
};
ProductKeys listing_keys(const Product& product);

}  // namespace attune
