#include "ranking/boosts.hpp"

#include <fmt/core.h>

#include <cmath>
#include <set>

namespace attune {
namespace {

double added(double score, double factor) {
    return (factor - 1) * std::abs(score);
}

}  // namespace

Status validate(const Boost& boost, const Catalogue& catalogue) {
    if (!(boost.factor > 0 && boost.factor <= kMostBoost)) {
        return fail(ErrorCode::kInvalidArgument,
                    "boost of '{}' is {}; it takes a number above 0, at most {}", boost.subject,
                    boost.factor, kMostBoost);
    }
    if (catalogue.find(boost.subject) || catalogue.find_category(boost.subject)) return {};
    return fail(ErrorCode::kInvalidArgument, "boost: no product and no category is called '{}'",
                boost.subject.substr(0, 200));
}

Status validate(const std::vector<Boost>& boosts) {
    if (boosts.size() > kMostBoosts) {
        return fail(ErrorCode::kInvalidArgument, "boost: {} were given; at most {} are taken",
                    boosts.size(), kMostBoosts);
    }
    std::set<std::string_view> subjects;
    for (const Boost& boost : boosts) {
        if (subjects.insert(boost.subject).second) continue;
        return fail(ErrorCode::kInvalidArgument, "boost: '{}' is named twice; give it one factor",
                    boost.subject.substr(0, 200));
    }
    return {};
}

Booster::Booster(const std::vector<Boost>& boosts, const Catalogue& catalogue)
    : catalogue_(catalogue) {
    for (const Boost& boost : boosts) {
        if (const auto product = catalogue.find(boost.subject)) {
            parts_.push_back({&boost, false, product->value});
        } else if (const auto category = catalogue.find_category(boost.subject)) {
            parts_.push_back({&boost, true, category->value});
        }
    }
}

bool Booster::concerns(const Part& part, ProductIndex product) const {
    return part.index == (part.of_category ? catalogue_.category_of(product).value : product.value);
}

double Booster::boosted(ProductIndex product, double score) const {
    for (const Part& part : parts_) {
        if (concerns(part, product)) score += added(score, part.boost->factor);
    }
    return score;
}

void Booster::explain(ProductIndex product, Explanation& explanation) const {
    for (const Part& part : parts_) {
        if (!concerns(part, product)) continue;
        Evidence evidence;
        evidence.kind = EvidenceKind::kBaseline;
        evidence.subject = part.boost->subject;
        evidence.value = fmt::format("{}", part.boost->factor);
        evidence.contribution = added(explanation.score, part.boost->factor);
        evidence.model = "request";
        explanation.score += evidence.contribution;
        explanation.evidence.push_back(std::move(evidence));
    }
}

}  // namespace attune
