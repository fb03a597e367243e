#include "ingest/cdr_eligibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/row_values.hpp"
#include "ingest/value_reader.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr int kMaxAge = 130;
constexpr std::string_view kCurrency = "AUD";

std::string text_at(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) return {};
    return std::string(trimmed(found->get_ref<const std::string&>()));
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return result;
}

bool mentions(std::string_view text, std::string_view word) {
    return lower(text).find(word) != std::string::npos;
}

struct Age {
    int years = 0;
    bool is_upper_bound = false;  ///< "up to 30", "under 18"
    bool ends_range = false;      ///< the 18 of "11-18", the 18 of "-18"
};

bool ends_with_bound(std::string_view before) {
    const std::string text = lower(trimmed(before));
    return text.ends_with("up to") || text.ends_with("under") || text.ends_with("below") ||
           text.ends_with("less than");
}

/// The numbers of a text that can be ages.
std::vector<Age> ages_in(std::string_view text) {
    std::vector<Age> ages;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] < '0' || text[at] > '9') {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        int years = 0;
        const auto parsed = std::from_chars(text.data() + at, text.data() + end, years);
        if (parsed.ec == std::errc() && years <= kMaxAge) {
            const std::string_view before = trimmed(text.substr(0, at));
            ages.push_back({years, ends_with_bound(before), before.ends_with('-')});
        }
        at = end;
    }
    return ages;
}

/// The first number, unless the text (also) gives an upper bound in words.
std::optional<int> minimum_age_of(const std::vector<Age>& ages) {
    const auto bound = [](const Age& age) { return age.is_upper_bound; };
    if (ages.empty() || std::any_of(ages.begin(), ages.end(), bound)) return std::nullopt;
    return ages.front().years;
}

/// The end of a range, else the largest number after "up to", else the largest.
std::optional<int> maximum_age_of(const std::vector<Age>& ages) {
    const auto largest = [&](auto counts) {
        std::optional<int> best;
        for (const Age& age : ages) {
            if (counts(age)) best = std::max(best.value_or(0), age.years);
        }
        return best;
    };
    if (const auto end = largest([](const Age& age) { return age.ends_range; })) return end;
    if (const auto bound = largest([](const Age& age) { return age.is_upper_bound; })) return bound;
    return largest([](const Age&) { return true; });
}

class Eligible {
 public:
    Eligible(Product& product, std::vector<Issue>& warnings)
        : product_(product), rules_(product.eligibility), warnings_(warnings) {}

    void take(const json& entry) {
        const std::string type = text_at(entry, "eligibilityType");
        value_ = text_at(entry, "additionalValue");
        info_ = text_at(entry, "additionalInfo");
        if (type == "MIN_AGE" || type == "MAX_AGE")
            take_age(type);
        else if (type == "NATURAL_PERSON")
            take_kind(person_);
        else if (type == "BUSINESS")
            take_kind(business_);
        else if (type == "RESIDENCY_STATUS")
            take_residency();
        else if (type == "MIN_INCOME")
            take_amount(type, rules_.minimum_income);
        else if (type == "MIN_TURNOVER")
            take_amount(type, rules_.minimum_revenue);
        else if (type == "STUDENT")
            take_occupation("student", {"student"});
        else if (type == "PENSION_RECIPIENT")
            take_occupation("retired", {"pension", "retire"});
        else
            note();
    }

    void finish() {
        if (person_ != business_) {
            rules_.customer_kind = person_ ? CustomerKind::kPerson : CustomerKind::kOrganisation;
        }
        if (rules_.minimum_age && rules_.maximum_age && *rules_.minimum_age > *rules_.maximum_age) {
            warn("MIN_AGE", fmt::format("{} > {}", *rules_.minimum_age, *rules_.maximum_age),
                 "the minimum age is above the maximum age; neither is checked");
            rules_.minimum_age.reset();
            rules_.maximum_age.reset();
        }
    }

 private:
    void add_note(const std::string& text) {
        if (text.empty()) return;
        if (std::find(rules_.notes.begin(), rules_.notes.end(), text) == rules_.notes.end()) {
            rules_.notes.push_back(text);
        }
    }

    void note() {
        if (value_.empty() || mentions(info_, lower(value_)))
            add_note(info_);
        else
            add_note(info_.empty() ? value_ : value_ + ": " + info_);
    }

    void warn(std::string_view type, std::string_view value, std::string message) {
        warnings_.push_back(issue(IssueReason::kAmbiguous, fmt::format("eligibility {}", type),
                                  value, std::move(message))
                                .value());
    }

    void take_age(const std::string& type) {
        const std::vector<Age> ages = ages_in(value_);
        const bool is_minimum = type == "MIN_AGE";
        const std::optional<int> years = is_minimum ? minimum_age_of(ages) : maximum_age_of(ages);
        if (!years) {
            warn(type, value_, "no age could be read; it is kept in words only");
            return note();
        }
        // Several entries are alternatives: the widest holds.
        if (is_minimum) {
            rules_.minimum_age = std::min(rules_.minimum_age.value_or(kMaxAge), *years);
        } else {
            rules_.maximum_age = std::max(rules_.maximum_age.value_or(0), *years);
        }
        if (ages.size() > 1) {
            warn(type, value_, fmt::format("read as {} years, the words are kept", *years));
            return note();
        }
        add_note(info_);
    }

    void take_kind(bool& kind) {
        kind = true;
        note();
    }

    void take_residency() {
        const std::string words = value_ + " " + info_;
        if (mentions(words, "non-resident") || mentions(words, "non resident")) return note();
        const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
        const bool is_code = value_.size() == 2 && capital(value_[0]) && capital(value_[1]);
        const std::string country = is_code ? value_ : "AU";
        auto& countries = rules_.residencies;
        if (std::find(countries.begin(), countries.end(), country) == countries.end()) {
            countries.push_back(country);
        }
        if (is_code) return add_note(info_);
        note();
    }

    void take_amount(const std::string& type, std::optional<Money>& target) {
        const auto amount = parse_money(value_, kCurrency);
        if (!amount || amount->minor < 0) {
            warn(type, value_, "no amount could be read; it is kept in words only");
            return note();
        }
        target = target && target->minor < amount->minor ? target : *amount;
        add_note(info_);
    }

    /// Banks list these also where they are one way among others to be eligible; only a product
    /// that is named after them is taken to be for them alone.
    void take_occupation(const char* occupation, std::initializer_list<std::string_view> names) {
        const auto named = [&](std::string_view name) { return mentions(product_.name, name); };
        auto& occupations = rules_.occupations;
        if (std::any_of(names.begin(), names.end(), named) &&
            std::find(occupations.begin(), occupations.end(), occupation) == occupations.end()) {
            occupations.emplace_back(occupation);
        }
        note();
    }

    Product& product_;
    Eligibility& rules_;
    std::vector<Issue>& warnings_;
    std::string value_;
    std::string info_;
    bool person_ = false;
    bool business_ = false;
};

}  // namespace

void apply_cdr_eligibility(const json& document, Product& product, std::vector<Issue>& warnings) {
    const auto list = document.find("eligibility");
    if (list == document.end() || !list->is_array()) return;
    Eligible eligible(product, warnings);
    for (const json& entry : *list) {
        if (entry.is_object()) eligible.take(entry);
    }
    eligible.finish();
}

}  // namespace attune
