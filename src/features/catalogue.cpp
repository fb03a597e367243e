#include "features/catalogue.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace attune {

Catalogue::Catalogue(std::vector<Product> products) : products_(std::move(products)) {
    std::sort(products_.begin(), products_.end(),
              [](const Product& a, const Product& b) { return a.id < b.id; });
    for (const Product& product : products_) categories_.push_back(product.category);
    std::sort(categories_.begin(), categories_.end());
    categories_.erase(std::unique(categories_.begin(), categories_.end()), categories_.end());

    by_id_.reserve(products_.size());
    category_of_.reserve(products_.size());
    for (std::size_t i = 0; i < products_.size(); ++i) {
        const bool inserted = by_id_.emplace(products_[i].id, ProductIndex(i)).second;
        ATTUNE_ASSERT(inserted);
        category_of_.push_back(*find_category(products_[i].category));
    }
}

std::optional<ProductIndex> Catalogue::find(std::string_view id) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return std::nullopt;
    return found->second;
}

std::optional<CategoryIndex> Catalogue::find_category(std::string_view name) const {
    const auto found = std::lower_bound(categories_.begin(), categories_.end(), name);
    if (found == categories_.end() || *found != name) return std::nullopt;
    return CategoryIndex(static_cast<std::size_t>(found - categories_.begin()));
}

}  // namespace attune
