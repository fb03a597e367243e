#include "serving/product_numbers.hpp"

#include <mutex>

#include "core/assert.hpp"

namespace attune {

ProductNumbers::Number ProductNumbers::number_of(std::string_view id) {
    if (const auto known = find(id)) return *known;
    const std::unique_lock lock(mutex_);
    if (const auto found = number_by_id_.find(id); found != number_by_id_.end())
        return found->second;
    const auto number = static_cast<Number>(ids_.size());
    number_by_id_.emplace(ids_.emplace_back(id), number);
    return number;
}

std::optional<ProductNumbers::Number> ProductNumbers::find(std::string_view id) const {
    const std::shared_lock lock(mutex_);
    const auto found = number_by_id_.find(id);
    if (found == number_by_id_.end()) return std::nullopt;
    return found->second;
}

std::string ProductNumbers::id_of(Number number) const {
    const std::shared_lock lock(mutex_);
    ATTUNE_ASSERT(number < ids_.size());
    return ids_[number];
}

std::size_t ProductNumbers::size() const {
    const std::shared_lock lock(mutex_);
    return ids_.size();
}

std::vector<std::uint32_t> ProductNumbers::indexes_in(const Catalogue& catalogue) {
    for (const Product& product : catalogue.products()) number_of(product.id);
    const std::shared_lock lock(mutex_);
    std::vector<std::uint32_t> indexes(ids_.size(), kNoProduct);
    for (std::size_t number = 0; number < ids_.size(); ++number) {
        if (const auto index = catalogue.find(ids_[number])) indexes[number] = index->value;
    }
    return indexes;
}

}  // namespace attune
