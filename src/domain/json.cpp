#include "domain/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace attune {
namespace {

using nlohmann::json;

// ---- writing: empty fields are left out ----

void put(json& target, const char* key, const std::string& value) {
    if (!value.empty()) target[key] = value;
}

void put(json& target, const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) target[key] = values;
}

json money_json(const Money& money) {
    const bool negative = money.minor < 0;
    const std::uint64_t minor = negative ? 0 - static_cast<std::uint64_t>(money.minor)
                                         : static_cast<std::uint64_t>(money.minor);
    return {{"amount", fmt::format("{}{}.{:02}", negative ? "-" : "", minor / 100, minor % 100)},
            {"currency", std::string(money.currency_code())}};
}

void put(json& target, const char* key, const std::optional<Money>& money) {
    if (money) target[key] = money_json(*money);
}

void put(json& target, const char* key, const std::optional<int>& value) {
    if (value) target[key] = *value;
}

void put(json& target, const char* key, const std::optional<Range>& range) {
    if (range) target[key] = format_range(*range);
}

void put(json& target, const char* key, const std::optional<Timestamp>& time) {
    if (time) target[key] = format_timestamp(*time);
}

void put(json& target, const char* key, const Attributes& attributes) {
    if (attributes.empty()) return;
    json object = json::object();
    for (const auto& [name, value] : attributes) {
        std::visit([&, &name = name](const auto& held) { object[name] = held; }, value);
    }
    target[key] = std::move(object);
}

json eligibility_json(const Eligibility& rules) {
    json target = json::object();
    put(target, "minimum_age", rules.minimum_age);
    put(target, "maximum_age", rules.maximum_age);
    if (rules.customer_kind) target["customer_kind"] = customer_kind_name(*rules.customer_kind);
    put(target, "residencies", rules.residencies);
    put(target, "minimum_income", rules.minimum_income);
    put(target, "minimum_revenue", rules.minimum_revenue);
    put(target, "occupations", rules.occupations);
    put(target, "notes", rules.notes);
    return target;
}

// ---- reading ----

/// Takes fields out of one object, remembers the first error and which keys were asked for.
class FieldReader {
 public:
    FieldReader(const json& object, std::string what) : object_(object), what_(std::move(what)) {
        if (!object.is_object()) refuse("", "must be a JSON object");
    }

    void read(const char* key, std::string& target) {
        if (const json* value = find(key)) {
            if (value->is_string())
                target = value->get<std::string>();
            else
                refuse(key, "must be text");
        }
    }

    void read(const char* key, bool& target) {
        if (const json* value = find(key)) {
            if (value->is_boolean())
                target = value->get<bool>();
            else
                refuse(key, "must be true or false");
        }
    }

    void read(const char* key, double& target) {
        if (const json* value = find(key)) {
            if (value->is_number())
                target = value->get<double>();
            else
                refuse(key, "must be a number");
        }
    }

    void read(const char* key, std::optional<int>& target) {
        if (const json* value = find(key)) {
            const double number = value->is_number() ? value->get<double>() : 0.5;
            if (number == std::floor(number) && std::abs(number) < 1e9) {
                target = static_cast<int>(number);
            } else {
                refuse(key, "must be a whole number");
            }
        }
    }

    void read(const char* key, std::vector<std::string>& target) {
        const json* value = find(key);
        if (value == nullptr) return;
        if (!value->is_array()) return refuse(key, "must be a list of texts");
        for (const json& element : *value) {
            if (!element.is_string()) return refuse(key, "must be a list of texts");
            target.push_back(element.get<std::string>());
        }
    }

    void read(const char* key, Timestamp& target) {
        std::optional<Timestamp> time;
        read(key, time);
        if (time) target = *time;
    }

    void read(const char* key, std::optional<Timestamp>& target) {
        if (const json* value = find(key)) {
            if (!value->is_string())
                return refuse(key, "must be a time such as 2011-11-09T08:26:00Z");
            take(key, parse_timestamp(value->get_ref<const std::string&>()), target);
        }
    }

    void read(const char* key, std::optional<Range>& target) {
        if (const json* value = find(key)) {
            if (!value->is_string()) return refuse(key, "must be a range such as \"500-1000\"");
            take(key, parse_range(value->get_ref<const std::string&>()), target);
        }
    }

    void read(const char* key, std::optional<Money>& target) {
        const json* value = find(key);
        if (value == nullptr) return;
        if (!value->is_object() || !value->contains("amount") || !(*value)["amount"].is_string() ||
            !value->contains("currency") || !(*value)["currency"].is_string()) {
            return refuse(key, "must be {\"amount\": \"12.34\", \"currency\": \"EUR\"}");
        }
        take(key,
             parse_money((*value)["amount"].get_ref<const std::string&>(),
                         (*value)["currency"].get_ref<const std::string&>()),
             target);
    }

    void read(const char* key, Attributes& target) {
        const json* value = find(key);
        if (value == nullptr) return;
        if (!value->is_object()) return refuse(key, "must be an object");
        for (const auto& [name, held] : value->items()) {
            if (held.is_boolean())
                target[name] = held.get<bool>();
            else if (held.is_number())
                target[name] = held.get<double>();
            else if (held.is_string())
                target[name] = held.get<std::string>();
            else
                return refuse(key, "takes true, false, numbers and texts as values");
        }
    }

    template <typename Parse, typename Target>
    void read_with(const char* key, Parse parse, Target& target) {
        std::string text;
        read(key, text);
        if (!text.empty()) take(key, parse(text), target);
    }

    /// Calls `read_element` with a reader for each object of the list at `key`.
    template <typename ReadElement>
    void read_list(const char* key, ReadElement read_element) {
        const json* value = find(key);
        if (value == nullptr) return;
        if (!value->is_array()) return refuse(key, "must be a list of objects");
        std::size_t position = 0;
        for (const json& element : *value) {
            FieldReader reader(element, fmt::format("{}{}[{}]: ", what_, key, position++));
            read_element(reader);
            adopt(reader);
        }
    }

    template <typename ReadObject>
    void read_object(const char* key, ReadObject read_object) {
        if (const json* value = find(key)) {
            FieldReader reader(*value, fmt::format("{}{}: ", what_, key));
            read_object(reader);
            adopt(reader);
        }
    }

    Status finish() {
        if (error_) return fail(*error_);
        for (const auto& [key, value] : object_.items()) {
            if (!known_.contains(key)) {
                return fail(ErrorCode::kInvalidArgument, "{}there is no field '{}'", what_,
                            key.substr(0, 64));
            }
        }
        return {};
    }

 private:
    const json* find(const char* key) {
        known_.insert(key);
        if (!object_.is_object()) return nullptr;
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }

    void refuse(const char* key, std::string_view why) {
        if (!error_) {
            error_ = Error{ErrorCode::kInvalidArgument,
                           fmt::format("{}{}{}{}", what_, key, *key != '\0' ? " " : "", why)};
        }
    }

    template <typename T, typename Target>
    void take(const char* key, Result<T> result, Target& target) {
        if (result)
            target = std::move(*result);
        else
            refuse(key, result.error().message);
    }

    void adopt(FieldReader& inner) {
        const Status status = inner.finish();
        if (!status && !error_) error_ = status.error();
    }

    const json& object_;
    std::string what_;
    std::set<std::string, std::less<>> known_;
    std::optional<Error> error_;
};

/// Ends the reading of `value`: no stray fields, and valid.
template <typename T>
Result<T> finish(FieldReader& reader, T value) {
    ATTUNE_TRY(reader.finish());
    ATTUNE_TRY(validate(value));
    return value;
}

Result<RateSide> parse_rate_side(std::string_view text) {
    if (text == "lending") return RateSide::kLending;
    if (text == "deposit") return RateSide::kDeposit;
    return fail(ErrorCode::kInvalidArgument, "'{}' is not 'lending' or 'deposit'",
                text.substr(0, 64));
}

void read_eligibility(FieldReader& reader, Eligibility& rules) {
    reader.read("minimum_age", rules.minimum_age);
    reader.read("maximum_age", rules.maximum_age);
    reader.read_with("customer_kind", parse_customer_kind, rules.customer_kind);
    reader.read("residencies", rules.residencies);
    reader.read("minimum_income", rules.minimum_income);
    reader.read("minimum_revenue", rules.minimum_revenue);
    reader.read("occupations", rules.occupations);
    reader.read("notes", rules.notes);
}

void read_conditions(FieldReader& reader, Product& product) {
    reader.read_list("features", [&](FieldReader& element) {
        ProductFeature feature;
        element.read("type", feature.type);
        element.read("text", feature.text);
        product.features.push_back(std::move(feature));
    });
    reader.read_list("fees", [&](FieldReader& element) {
        Fee fee;
        element.read("name", fee.name);
        element.read("type", fee.type);
        element.read("amount", fee.amount);
        element.read("text", fee.text);
        product.fees.push_back(std::move(fee));
    });
    reader.read_list("rates", [&](FieldReader& element) {
        Rate rate;
        element.read_with("side", parse_rate_side, rate.side);
        element.read("type", rate.type);
        element.read("yearly", rate.yearly);
        element.read("text", rate.text);
        product.rates.push_back(std::move(rate));
    });
}

}  // namespace

json to_json(const Customer& customer) {
    json target{{"id", customer.id}, {"kind", customer_kind_name(customer.kind)}};
    put(target, "name", customer.name);
    put(target, "location", customer.location);
    put(target, "residency", customer.residency);
    put(target, "age", customer.age);
    put(target, "gender", customer.gender);
    put(target, "income", customer.income);
    put(target, "education", customer.education);
    put(target, "occupation", customer.occupation);
    put(target, "marital_status", customer.marital_status);
    put(target, "industry", customer.industry);
    put(target, "num_employees", customer.num_employees);
    put(target, "revenue", customer.revenue);
    put(target, "interests", customer.interests);
    put(target, "preferences", customer.preferences);
    put(target, "financial_needs", customer.financial_needs);
    put(target, "held_categories", customer.held_categories);
    put(target, "attributes", customer.attributes);
    return target;
}

json to_json(const Product& product) {
    json target{{"id", product.id}, {"name", product.name}};
    put(target, "brand", product.brand);
    put(target, "category", product.category);
    put(target, "description", product.description);
    for (const ProductFeature& feature : product.features) {
        json element = json::object();
        put(element, "type", feature.type);
        put(element, "text", feature.text);
        target["features"].push_back(std::move(element));
    }
    if (json rules = eligibility_json(product.eligibility); !rules.empty()) {
        target["eligibility"] = std::move(rules);
    }
    for (const Fee& fee : product.fees) {
        json element = json::object();
        put(element, "name", fee.name);
        put(element, "type", fee.type);
        put(element, "amount", fee.amount);
        put(element, "text", fee.text);
        target["fees"].push_back(std::move(element));
    }
    for (const Rate& rate : product.rates) {
        json element{{"side", rate.side == RateSide::kLending ? "lending" : "deposit"},
                     {"yearly", rate.yearly}};
        put(element, "type", rate.type);
        put(element, "text", rate.text);
        target["rates"].push_back(std::move(element));
    }
    if (!product.available) target["available"] = false;
    put(target, "available_from", product.available_from);
    put(target, "available_until", product.available_until);
    put(target, "attributes", product.attributes);
    return target;
}

json to_json(const Event& event) {
    json target{{"id", event.id},
                {"customer_id", event.customer_id},
                {"product_id", event.product_id},
                {"type", event_type_name(event.type)},
                {"time", format_timestamp(event.time)}};
    if (event.quantity != 1) target["quantity"] = event.quantity;
    put(target, "unit_price", event.unit_price);
    put(target, "context", event.context);
    return target;
}

json to_json(const Transaction& transaction) {
    json target{{"id", transaction.id},
                {"customer_id", transaction.customer_id},
                {"time", format_timestamp(transaction.time)},
                {"amount", money_json(transaction.amount)}};
    put(target, "category", transaction.category);
    put(target, "counterparty", transaction.counterparty);
    put(target, "description", transaction.description);
    return target;
}

json to_json(const Post& post) {
    json target{{"id", post.id},
                {"customer_id", post.customer_id},
                {"time", format_timestamp(post.time)},
                {"text", post.text}};
    put(target, "channel", post.channel);
    return target;
}

json to_json(const HouseholdRelation& relation) {
    return {{"customer_id", relation.customer_id},
            {"related_id", relation.related_id},
            {"relation", relation.relation}};
}

json to_json(const Consent& consent) {
    json target{{"customer_id", consent.customer_id},
                {"purpose", consent.purpose},
                {"granted", consent.granted},
                {"time", format_timestamp(consent.time)}};
    put(target, "source", consent.source);
    return target;
}

Result<Customer> customer_from_json(const json& source) {
    FieldReader reader(source, "");
    Customer customer;
    reader.read("id", customer.id);
    reader.read_with("kind", parse_customer_kind, customer.kind);
    reader.read("name", customer.name);
    reader.read("location", customer.location);
    reader.read("residency", customer.residency);
    reader.read("age", customer.age);
    reader.read("gender", customer.gender);
    reader.read("income", customer.income);
    reader.read("education", customer.education);
    reader.read("occupation", customer.occupation);
    reader.read("marital_status", customer.marital_status);
    reader.read("industry", customer.industry);
    reader.read("num_employees", customer.num_employees);
    reader.read("revenue", customer.revenue);
    reader.read("interests", customer.interests);
    reader.read("preferences", customer.preferences);
    reader.read("financial_needs", customer.financial_needs);
    reader.read("held_categories", customer.held_categories);
    reader.read("attributes", customer.attributes);
    return finish(reader, std::move(customer));
}

Result<Product> product_from_json(const json& source) {
    FieldReader reader(source, "");
    Product product;
    reader.read("id", product.id);
    reader.read("name", product.name);
    reader.read("brand", product.brand);
    reader.read("category", product.category);
    reader.read("description", product.description);
    reader.read_object("eligibility",
                       [&](FieldReader& inner) { read_eligibility(inner, product.eligibility); });
    read_conditions(reader, product);
    reader.read("available", product.available);
    reader.read("available_from", product.available_from);
    reader.read("available_until", product.available_until);
    reader.read("attributes", product.attributes);
    return finish(reader, std::move(product));
}

Result<Event> event_from_json(const json& source) {
    FieldReader reader(source, "");
    Event event;
    reader.read("id", event.id);
    reader.read("customer_id", event.customer_id);
    reader.read("product_id", event.product_id);
    reader.read_with("type", parse_event_type, event.type);
    reader.read("time", event.time);
    reader.read("quantity", event.quantity);
    reader.read("unit_price", event.unit_price);
    reader.read("context", event.context);
    return finish(reader, std::move(event));
}

Result<Transaction> transaction_from_json(const json& source) {
    FieldReader reader(source, "");
    Transaction transaction;
    reader.read("id", transaction.id);
    reader.read("customer_id", transaction.customer_id);
    reader.read("time", transaction.time);
    std::optional<Money> amount;
    reader.read("amount", amount);
    if (amount) transaction.amount = *amount;
    reader.read("category", transaction.category);
    reader.read("counterparty", transaction.counterparty);
    reader.read("description", transaction.description);
    return finish(reader, std::move(transaction));
}

Result<Post> post_from_json(const json& source) {
    FieldReader reader(source, "");
    Post post;
    reader.read("id", post.id);
    reader.read("customer_id", post.customer_id);
    reader.read("time", post.time);
    reader.read("channel", post.channel);
    reader.read("text", post.text);
    return finish(reader, std::move(post));
}

Result<HouseholdRelation> household_relation_from_json(const json& source) {
    FieldReader reader(source, "");
    HouseholdRelation relation;
    reader.read("customer_id", relation.customer_id);
    reader.read("related_id", relation.related_id);
    reader.read("relation", relation.relation);
    return finish(reader, std::move(relation));
}

Result<Consent> consent_from_json(const json& source) {
    FieldReader reader(source, "");
    Consent consent;
    reader.read("customer_id", consent.customer_id);
    reader.read("purpose", consent.purpose);
    reader.read("granted", consent.granted);
    reader.read("time", consent.time);
    reader.read("source", consent.source);
    return finish(reader, std::move(consent));
}

}  // namespace attune
