#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/index.hpp"
#include "domain/product.hpp"

namespace attune {

/// The products under dense indexes, in ascending order of their ids, and their categories.
/// Immutable; an index means the same product for as long as the catalogue lives.
class Catalogue {
 public:
    /// @pre ids are unique (the store's are)
    explicit Catalogue(std::vector<Product> products);

    [[nodiscard]] std::size_t num_products() const { return products_.size(); }
    [[nodiscard]] const std::vector<Product>& products() const { return products_; }
    [[nodiscard]] const Product& product(ProductIndex index) const { return products_[index.at()]; }
    [[nodiscard]] std::optional<ProductIndex> find(std::string_view id) const;

    [[nodiscard]] std::size_t num_categories() const { return categories_.size(); }
    /// Names in ascending order.
    [[nodiscard]] const std::vector<std::string>& categories() const { return categories_; }
    [[nodiscard]] CategoryIndex category_of(ProductIndex index) const {
        return category_of_[index.at()];
    }
    [[nodiscard]] std::optional<CategoryIndex> find_category(std::string_view name) const;

 private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::vector<Product> products_;
    std::vector<std::string> categories_;
    std::vector<CategoryIndex> category_of_;
    std::unordered_map<std::string, ProductIndex, TextHash, std::equal_to<>> by_id_;
};

}  // namespace attune
