#include "ranking/tie_order.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>

namespace attune {
namespace {

constexpr int kAgeOfMajority = 18;
constexpr double kNoRate = 1e9;

/// Lower goes first.
using Key = std::tuple<int, long, std::size_t, double, double, std::uint32_t>;

int num_special_conditions(const Product& product) {
    const Eligibility& rules = product.eligibility;
    int count = 0;
    if (rules.minimum_age && *rules.minimum_age > kAgeOfMajority) ++count;
    if (rules.maximum_age) ++count;
    if (rules.minimum_income) ++count;
    if (rules.minimum_revenue) ++count;
    if (!rules.occupations.empty()) ++count;
    const auto tailored = product.attributes.find("is_tailored");
    if (tailored != product.attributes.end() && tailored->second == AttributeValue(true)) ++count;
    return count;
}

double periodic_fees(const Product& product) {
    double sum = 0;
    for (const Fee& fee : product.fees) {
        if (fee.type == "PERIODIC" && fee.amount) sum += fee.amount->major();
    }
    return sum;
}

/// What the customer pays is positive, what the customer gets negative. Rates of 0 and less are
/// discounts and placeholders.
double best_rate(const Product& product) {
    double best = kNoRate;
    for (const Rate& rate : product.rates) {
        if (rate.yearly <= 0) continue;
        best = std::min(best, rate.side == RateSide::kDeposit ? -rate.yearly : rate.yearly);
    }
    return best;
}

using Words = std::set<std::string>;

/// Words of the products' names without those of their brands.
std::vector<Words> name_words(const Catalogue& catalogue, const Tokenizer& tokenizer) {
    std::vector<Words> names;
    for (const Product& product : catalogue.products()) {
        Words& words = names.emplace_back();
        for (std::string& word : tokenizer.terms(product.name)) words.insert(std::move(word));
        for (const std::string& word : tokenizer.terms(product.brand)) words.erase(word);
    }
    return names;
}

/// How few names of its category have the words of a product's name.
class NameRarity {
 public:
    NameRarity(const Catalogue& catalogue, const std::vector<Words>& names)
        : counts_(catalogue.num_categories()), num_products_(catalogue.num_categories(), 0) {
        for (std::size_t p = 0; p < names.size(); ++p) {
            const std::size_t category = catalogue.category_of(ProductIndex(p)).at();
            num_products_[category] += 1;
            for (const std::string& word : names[p]) counts_[category][word] += 1;
        }
    }

    [[nodiscard]] long of(const Words& name, CategoryIndex category) const {
        double sum = 0;
        for (const std::string& word : name) {
            sum -=
                std::log(counts_[category.at()].find(word)->second / num_products_[category.at()]);
        }
        return std::lround(sum);
    }

 private:
    std::vector<std::map<std::string, double>> counts_;  ///< of products, by category and word
    std::vector<double> num_products_;                   ///< by category
};

}  // namespace

std::vector<std::uint32_t> make_tie_order(const Catalogue& catalogue, const Tokenizer& tokenizer) {
    const std::vector<Words> names = name_words(catalogue, tokenizer);
    const NameRarity rarity(catalogue, names);
    std::vector<Key> keys;
    for (std::size_t p = 0; p < catalogue.num_products(); ++p) {
        const ProductIndex index(p);
        const Product& product = catalogue.product(index);
        const auto position = static_cast<std::uint32_t>(p);
        if (product.category.empty()) {
            keys.emplace_back(0, 0, 0, 0, 0, position);
            continue;
        }
        keys.emplace_back(
            num_special_conditions(product), rarity.of(names[p], catalogue.category_of(index)),
            product.eligibility.notes.size(), periodic_fees(product), best_rate(product), position);
    }
    std::vector<std::uint32_t> by_key(keys.size());
    std::iota(by_key.begin(), by_key.end(), 0U);
    std::sort(by_key.begin(), by_key.end(),
              [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
    std::vector<std::uint32_t> order(keys.size());
    for (std::uint32_t place = 0; place < by_key.size(); ++place) order[by_key[place]] = place;
    return order;
}

}  // namespace attune
