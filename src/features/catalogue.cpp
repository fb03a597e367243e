#include "features/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/assert.hpp"

namespace attune {
namespace {

/// All that a product asks of a customer, unambiguously.
std::string rules_text(const Eligibility& rules, std::size_t category) {
    fmt::memory_buffer text;
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "{};", category);
    const auto add = [&](std::string_view value) {
        fmt::format_to(out, "{}:{};", value.size(), value);
    };
    const auto add_number = [&](const std::optional<int>& value) {
        add(value ? fmt::format("{}", *value) : "");
    };
    const auto add_money = [&](const std::optional<Money>& value) {
        add(value ? fmt::format("{} {}", value->minor, value->currency_code()) : "");
    };
    const auto add_all = [&](const std::vector<std::string>& values) {
        fmt::format_to(out, "{}.", values.size());
        for (const std::string& value : values) add(value);
    };
    add_number(rules.minimum_age);
    add_number(rules.maximum_age);
    add(rules.customer_kind ? customer_kind_name(*rules.customer_kind) : "");
    add_all(rules.residencies);
    add_money(rules.minimum_income);
    add_money(rules.minimum_revenue);
    add_all(rules.occupations);
    return fmt::to_string(text);
}

}  // namespace

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
        note_window(products_[i]);
    }
    note_eligibility_classes();
}

void Catalogue::note_window(const Product& product) {
    using Limits = std::numeric_limits<std::int64_t>;
    if (!product.available) {
        windows_.push_back({Limits::max(), Limits::min()});
        return;
    }
    windows_.push_back({product.available_from ? product.available_from->ms : Limits::min(),
                        product.available_until ? product.available_until->ms : Limits::max()});
}

void Catalogue::note_eligibility_classes() {
    std::unordered_map<std::string, std::uint32_t> class_by_rules;
    for (std::size_t i = 0; i < products_.size(); ++i) {
        const auto next = static_cast<std::uint32_t>(eligibility_classes_.size());
        const auto [found, inserted] = class_by_rules.try_emplace(
            rules_text(products_[i].eligibility, category_of_[i].at()), next);
        if (inserted) eligibility_classes_.emplace_back(i);
        eligibility_class_of_.push_back(found->second);
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
