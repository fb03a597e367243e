#pragma once

#include <cstdint>
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

    /// Whether it is switched on and `now` lies in its time. O(1), without looking at the product.
    [[nodiscard]] bool is_available(ProductIndex index, Timestamp now) const {
        const Window& window = windows_[index.at()];
        return window.from_ms <= now.ms && now.ms < window.until_ms;
    }

    /// Products of one class are of one category and ask the same of a customer, but for notes.
    /// Classes are numbered from 0 in the order of their first products.
    [[nodiscard]] std::size_t eligibility_class_of(ProductIndex index) const {
        return eligibility_class_of_[index.at()];
    }
    /// The first product of each class.
    [[nodiscard]] const std::vector<ProductIndex>& eligibility_classes() const {
        return eligibility_classes_;
    }

 private:
    struct Window {
        std::int64_t from_ms = 0;   ///< inclusive
        std::int64_t until_ms = 0;  ///< exclusive; empty where the product is switched off
    };

    void note_window(const Product& product);
    void note_eligibility_classes();

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::vector<Product> products_;
    std::vector<std::string> categories_;
    std::vector<CategoryIndex> category_of_;
    std::vector<Window> windows_;
    std::vector<std::uint32_t> eligibility_class_of_;
    std::vector<ProductIndex> eligibility_classes_;
    std::unordered_map<std::string, ProductIndex, TextHash, std::equal_to<>> by_id_;
};

}  // namespace attune
