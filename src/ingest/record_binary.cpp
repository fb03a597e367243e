#include "ingest/record_binary.hpp"

#include <concepts>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace attune {
namespace {

template <typename T, typename Record>
concept Of = std::same_as<std::remove_const_t<T>, Record>;

// The fields of each type, in one order for writing and reading. The bindings name every member:
// one that is added does not compile until it stands here too.

template <Of<Timestamp> T>
auto fields(T& value) {
    auto& [ms] = value;
    return std::tie(ms);
}

template <Of<Money> T>
auto fields(T& value) {
    auto& [minor, currency] = value;
    return std::tie(minor, currency);
}

template <Of<Range> T>
auto fields(T& value) {
    auto& [minimum, maximum] = value;
    return std::tie(minimum, maximum);
}

template <Of<Customer> T>
auto fields(T& value) {
    auto& [id, kind, name, location, residency, age, gender, income, education, occupation,
           marital_status, industry, num_employees, revenue, interests, preferences,
           financial_needs, held_categories, attributes] = value;
    return std::tie(id, kind, name, location, residency, age, gender, income, education, occupation,
                    marital_status, industry, num_employees, revenue, interests, preferences,
                    financial_needs, held_categories, attributes);
}

template <Of<ProductFeature> T>
auto fields(T& value) {
    auto& [type, text] = value;
    return std::tie(type, text);
}

template <Of<Fee> T>
auto fields(T& value) {
    auto& [name, type, amount, text] = value;
    return std::tie(name, type, amount, text);
}

template <Of<Rate> T>
auto fields(T& value) {
    auto& [side, type, yearly, text] = value;
    return std::tie(side, type, yearly, text);
}

template <Of<Eligibility> T>
auto fields(T& value) {
    auto& [minimum_age, maximum_age, customer_kind, residencies, minimum_income, minimum_revenue,
           occupations, notes] = value;
    return std::tie(minimum_age, maximum_age, customer_kind, residencies, minimum_income,
                    minimum_revenue, occupations, notes);
}

template <Of<Product> T>
auto fields(T& value) {
    auto& [id, brand, name, category, description, features, eligibility, fees, rates, available,
           available_from, available_until, attributes] = value;
    return std::tie(id, brand, name, category, description, features, eligibility, fees, rates,
                    available, available_from, available_until, attributes);
}

template <Of<Event> T>
auto fields(T& value) {
    auto& [id, customer_id, product_id, type, time, quantity, unit_price, context] = value;
    return std::tie(id, customer_id, product_id, type, time, quantity, unit_price, context);
}

template <Of<Transaction> T>
auto fields(T& value) {
    auto& [id, customer_id, time, amount, category, counterparty, description] = value;
    return std::tie(id, customer_id, time, amount, category, counterparty, description);
}

template <Of<Post> T>
auto fields(T& value) {
    auto& [id, customer_id, time, channel, text] = value;
    return std::tie(id, customer_id, time, channel, text);
}

template <Of<HouseholdRelation> T>
auto fields(T& value) {
    auto& [customer_id, related_id, relation] = value;
    return std::tie(customer_id, related_id, relation);
}

template <Of<Consent> T>
auto fields(T& value) {
    auto& [customer_id, purpose, granted, time, source] = value;
    return std::tie(customer_id, purpose, granted, time, source);
}

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <typename T>
inline constexpr bool kIsVariant = false;
template <typename... T>
inline constexpr bool kIsVariant<std::variant<T...>> = true;

/// Pairs and arrays, which have as many elements as their type says.
template <typename T>
concept Tuple = requires {
    std::tuple_size<T>::value;
};

class FieldWriter {
 public:
    explicit FieldWriter(BinaryWriter& writer) : writer_(writer) {}

    template <typename T>
    void put(const T& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            writer_.text(value);
        } else if constexpr (std::is_enum_v<T>) {
            writer_.number(static_cast<std::uint8_t>(value));
        } else if constexpr (std::is_arithmetic_v<T>) {
            writer_.number(value);
        } else if constexpr (kIsOptional<T>) {
            put(value.has_value());
            if (value) put(*value);
        } else if constexpr (kIsVariant<T>) {
            writer_.number(static_cast<std::uint8_t>(value.index()));
            std::visit([this](const auto& held) { this->put(held); }, value);
        } else if constexpr (Tuple<T>) {
            put_each(value);
        } else if constexpr (requires { value.begin(); }) {
            writer_.number<std::uint64_t>(value.size());
            for (const auto& element : value) put(element);
        } else {
            put_each(fields(value));
        }
    }

 private:
    template <typename T>
    void put_each(const T& elements) {
        std::apply([this](const auto&... element) { (this->put(element), ...); }, elements);
    }

    BinaryWriter& writer_;
};

class FieldReader {
 public:
    explicit FieldReader(BinaryReader& reader) : reader_(reader) {}

    template <typename T>
    void get(T& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            value = reader_.text();
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(reader_.number<std::uint8_t>());
        } else if constexpr (std::is_arithmetic_v<T>) {
            value = reader_.number<T>();
        } else if constexpr (kIsOptional<T>) {
            if (next<bool>()) get(value.emplace());
        } else if constexpr (kIsVariant<T>) {
            get_alternative(value, reader_.number<std::uint8_t>());
        } else if constexpr (Tuple<T>) {
            get_each(value);
        } else if constexpr (requires { typename T::mapped_type; }) {
            get_elements([&] {
                auto key = next<typename T::key_type>();
                value.emplace(std::move(key), next<typename T::mapped_type>());
            });
        } else if constexpr (requires { value.begin(); }) {
            get_elements([&] { get(value.emplace_back()); });
        } else {
            get_each(fields(value));
        }
    }

 private:
    template <typename T>
    T next() {
        T value{};
        get(value);
        return value;
    }

    template <typename Take>
    void get_elements(const Take& take) {
        const auto count = reader_.number<std::uint64_t>();
        for (std::uint64_t i = 0; i < count && !reader_.failed(); ++i) take();
    }

    template <typename T>
    void get_each(T&& elements) {
        std::apply([this](auto&... element) { (this->get(element), ...); }, elements);
    }

    template <std::size_t kIndex = 0, typename... T>
    void get_alternative(std::variant<T...>& value, std::size_t index) {
        if constexpr (kIndex < sizeof...(T)) {
            if (index == kIndex) return get(value.template emplace<kIndex>());
            get_alternative<kIndex + 1>(value, index);
        }
    }

    BinaryReader& reader_;
};

}  // namespace

void write_record(const Record& record, BinaryWriter& writer) {
    FieldWriter(writer).put(record);
}

Result<Record> read_record(BinaryReader& reader) {
    Record record;
    FieldReader(reader).get(record);
    ATTUNE_TRY(reader.status());
    return record;
}

}  // namespace attune
