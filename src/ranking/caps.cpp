#include "ranking/caps.hpp"

namespace attune {

CapCounter::CapCounter(const ConstraintRules& rules, const Catalogue& catalogue)
    : rules_(rules), catalogue_(catalogue), by_category_(catalogue.num_categories(), 0) {}

std::optional<Refusal> CapCounter::refusal(ProductIndex product) const {
    const Product& record = catalogue_.product(product);
    const std::size_t cap = rules_.cap_of(record.category);
    if (cap > 0 && by_category_[catalogue_.category_of(product).at()] >= cap) {
        return Refusal::kCategoryCap;
    }
    if (rules_.brand_cap > 0 && !record.brand.empty()) {
        const auto found = by_brand_.find(record.brand);
        if (found != by_brand_.end() && found->second >= rules_.brand_cap) {
            return Refusal::kBrandCap;
        }
    }
    return std::nullopt;
}

void CapCounter::take(ProductIndex product) {
    ++by_category_[catalogue_.category_of(product).at()];
    const std::string& brand = catalogue_.product(product).brand;
    if (rules_.brand_cap > 0 && !brand.empty()) ++by_brand_[brand];
}

}  // namespace attune
