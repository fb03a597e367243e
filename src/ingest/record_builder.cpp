#include "ingest/record_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/assert.hpp"
#include "ingest/cdr_eligibility.hpp"

namespace attune {
namespace {

bool depends_on_hash(const ValueRule& rule) {
    return rule.source == ValueRule::Source::kTemplate &&
           std::any_of(rule.parts.begin(), rule.parts.end(), [](const TemplatePart& part) {
               return part.kind == TemplatePart::Kind::kHash;
           });
}

AttributeValue attribute_of(FieldValue value) {
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    return std::get<std::string>(std::move(value));
}

void append_content(std::string& content, std::string_view name, const FieldValue& value) {
    content += name;
    content += '=';
    content += canonical_text(value);
    content += '\x1f';
}

constexpr std::uint64_t bit(std::size_t field) {
    return std::uint64_t{1} << field;
}

// What a product has beside its fields: bits after theirs.
constexpr std::size_t kFirstListBit = 60;
constexpr std::array<std::string_view, 4> kListNames{"features", "fees", "rates", "eligibility"};
constexpr std::size_t kEligibilityBit = kFirstListBit + 3;

std::size_t list_bit(FieldOwner owner) {
    return kFirstListBit + static_cast<std::size_t>(owner) -
           static_cast<std::size_t>(FieldOwner::kFeature);
}

}  // namespace

RecordBuilder::RecordBuilder(const Mapping& mapping) : mapping_(mapping), reader_(mapping) {
    for (const RecordRule& rule : mapping.records) {
        auto& lists = elements_.emplace_back();
        for (const ListRule& list : rule.lists) {
            lists.push_back(RowValues::of_documents(list.columns));
        }
    }
}

template <typename T>
Checked<std::optional<FieldValue>> RecordBuilder::set(T& target, const FieldRule& rule,
                                                      const RowValues& values, std::uint64_t row) {
    auto value = reader_.read(rule.value, values, row);
    if (value && *value) set_field(target, rule.field, **value);
    return value;
}

template <typename T>
tl::expected<void, Issue> RecordBuilder::add_attributes(T& target, const RecordRule& rule,
                                                        const RowValues& values, std::uint64_t row,
                                                        std::string& content) {
    for (const AttributeRule& attribute : rule.attributes) {
        auto value = reader_.read(attribute.value, values, row);
        if (!value) return tl::unexpected<Issue>(std::move(value).error());
        if (*value) append_content(content, attribute.name, **value);
        if (*value) target.attributes[attribute.name] = attribute_of(std::move(**value));
    }
    return {};
}

template <typename Part>
tl::expected<void, Issue> RecordBuilder::add_parts(std::vector<Part>& parts, const ListRule& rule,
                                                   RowValues& elements, const RowValues& values,
                                                   std::uint64_t row) {
    const nlohmann::json* list = values.json_at(rule.each);
    if (list == nullptr || list->is_null()) return {};
    const std::string& where = mapping_.columns[rule.each];
    if (!list->is_array()) {
        return issue(IssueReason::kWrongType, where, "", "a list of objects is needed here");
    }
    std::size_t position = 0;
    for (const nlohmann::json& element : *list) {
        elements.set(element);
        Part part;
        std::optional<Issue> bad;
        for (const FieldRule& field : rule.fields) {
            auto value = set(part, field, elements, row);
            if (value) continue;
            bad = std::move(value).error();
            bad->column = fmt::format("{}[{}].{}", where, position, bad->column);
            break;
        }
        ++position;
        if (!bad)
            parts.push_back(std::move(part));
        else if (rule.on_bad_element == ListRule::OnBadElement::kDropElement) {
            warnings_.push_back(std::move(*bad));
        } else {
            return tl::unexpected<Issue>(std::move(*bad));
        }
    }
    return {};
}

tl::expected<void, Issue> RecordBuilder::add_lists(Product& product, const RecordRule& rule,
                                                   const RowValues& values, std::uint64_t row) {
    auto& lists = elements_[static_cast<std::size_t>(&rule - mapping_.records.data())];
    for (std::size_t i = 0; i < rule.lists.size(); ++i) {
        const ListRule& list = rule.lists[i];
        tl::expected<void, Issue> added;
        if (list.owner == FieldOwner::kFeature) {
            added = add_parts(product.features, list, lists[i], values, row);
        } else if (list.owner == FieldOwner::kFee) {
            added = add_parts(product.fees, list, lists[i], values, row);
        } else {
            added = add_parts(product.rates, list, lists[i], values, row);
        }
        if (!added) return added;
    }
    return {};
}

template <typename T>
Checked<RecordBuilder::Draft> RecordBuilder::draft(const RecordRule& rule, const RowValues& values,
                                                   std::uint64_t row) {
    constexpr bool kIsNoun = std::is_same_v<T, Customer> || std::is_same_v<T, Product>;
    Draft draft;
    T record;
    for (const FieldRule& field : rule.fields) {
        if (depends_on_hash(field.value)) draft.hashed_id = &field;
    }
    for (const FieldRule& field : rule.fields) {
        if (&field == draft.hashed_id) continue;
        auto value = set(record, field, values, row);
        if (!value) return tl::unexpected<Issue>(std::move(value).error());
        if (!*value) continue;
        draft.given |= bit(field.field);
        if (draft.hashed_id != nullptr || kIsNoun) {
            append_content(draft.canonical, fields_of(owner_of(rule.kind))[field.field].name,
                           **value);
        }
    }
    for (const AdditionRule& addition : rule.additions) {
        draft.given |= bit(addition.field);
        if (!holds(addition.when, values, mapping_.missing)) continue;
        append_to_field(record, addition.field, addition.value);
        draft.more += addition.value;
        draft.more += '\x1f';
    }
    if constexpr (kIsNoun) {
        if (auto added = add_attributes(record, rule, values, row, draft.more); !added) {
            return tl::unexpected<Issue>(std::move(added).error());
        }
    }
    if constexpr (std::is_same_v<T, Product>) {
        if (auto added = add_lists(record, rule, values, row); !added) {
            return tl::unexpected<Issue>(std::move(added).error());
        }
        // The only one there is.
        const nlohmann::json* document = values.document();
        if (!rule.builtins.empty() && document != nullptr) {
            apply_cdr_eligibility(*document, record, warnings_);
            if (document->contains("eligibility")) draft.given |= bit(kEligibilityBit);
        }
        for (const ListRule& list : rule.lists) {
            if (values.json_at(list.each) != nullptr) draft.given |= bit(list_bit(list.owner));
        }
        if (document != nullptr && (!rule.lists.empty() || !rule.builtins.empty())) {
            draft.more += document->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        }
    }
    draft.record = std::move(record);
    return draft;
}

Checked<RecordBuilder::Draft> RecordBuilder::draft_of_kind(const RecordRule& rule,
                                                           const RowValues& values,
                                                           std::uint64_t row) {
    switch (rule.kind) {
        case RecordKind::kCustomer:
            return draft<Customer>(rule, values, row);
        case RecordKind::kProduct:
            return draft<Product>(rule, values, row);
        case RecordKind::kEvent:
            return draft<Event>(rule, values, row);
        case RecordKind::kTransaction:
            return draft<Transaction>(rule, values, row);
        case RecordKind::kPost:
            return draft<Post>(rule, values, row);
        case RecordKind::kHousehold:
            return draft<HouseholdRelation>(rule, values, row);
        case RecordKind::kConsent:
            return draft<Consent>(rule, values, row);
    }
    return issue(IssueReason::kInvalidRecord, "", "", "unknown kind of record");
}

tl::expected<void, Issue> RecordBuilder::complete(Draft& draft, const RowValues& values,
                                                  std::uint64_t row) {
    if (draft.hashed_id != nullptr) {
        const std::string_view kind = record_kind_name(kind_of(draft.record));
        draft.canonical.insert(0, fmt::format("{}\x1f", kind));
        const std::uint32_t occurrence = occurrences_.add(hash128(draft.canonical));
        draft.canonical += fmt::format("#{}", occurrence);
        const std::string hash = to_hex(hash128(draft.canonical));
        auto id = reader_.read(draft.hashed_id->value, values, row, hash);
        if (!id) return tl::unexpected<Issue>(std::move(id).error());
        std::visit(
            [&](auto& record) { set_field(record, draft.hashed_id->field, std::move(**id)); },
            draft.record);
    }
    const Status status =
        std::visit([](const auto& record) { return validate(record); }, draft.record);
    if (status) return {};
    return issue(IssueReason::kInvalidRecord, "", "", status.error().message);
}

Checked<std::vector<Record>> RecordBuilder::build(const RowValues& values, std::uint64_t row) {
    warnings_.clear();
    made_.clear();
    std::vector<Draft> drafts;
    for (const RecordRule& rule : mapping_.records) {
        if (rule.when && !holds(*rule.when, values, mapping_.missing)) continue;
        auto draft = draft_of_kind(rule, values, row);
        if (!draft) return tl::unexpected<Issue>(std::move(draft).error());
        made_.push_back({&rule, draft->given, {}});
        drafts.push_back(std::move(*draft));
    }
    // Only now, so that a bad row takes no place among equal rows.
    std::vector<Record> records;
    records.reserve(drafts.size());
    for (Draft& draft : drafts) {
        if (auto completed = complete(draft, values, row); !completed) {
            return tl::unexpected<Issue>(std::move(completed).error());
        }
        Made& made = made_[records.size()];
        if (made.rule->kind == RecordKind::kCustomer || made.rule->kind == RecordKind::kProduct) {
            draft.canonical += record_kind_name(made.rule->kind);
            draft.canonical += draft.more;
            made.content = hash128(draft.canonical);
        }
        records.push_back(std::move(draft.record));
    }
    return records;
}

std::vector<std::string_view> RecordBuilder::given(std::size_t index) const {
    const Made& made = made_[index];
    std::vector<std::string_view> names;
    const auto infos = fields_of(owner_of(made.rule->kind));
    for (std::size_t i = 0; i < infos.size(); ++i) {
        if ((made.given & bit(i)) != 0) names.push_back(infos[i].name);
    }
    for (std::size_t i = 0; i < kListNames.size(); ++i) {
        if ((made.given & bit(kFirstListBit + i)) != 0) names.push_back(kListNames[i]);
    }
    if (!made.rule->attributes.empty()) names.push_back("attributes");
    return names;
}

std::string_view RecordBuilder::label(std::size_t index, std::string_view field) const {
    const RecordRule& rule = *made_[index].rule;
    for (const FieldRule& each : rule.fields) {
        if (fields_of(owner_of(rule.kind))[each.field].name == field) return each.value.label;
    }
    return field;
}

}  // namespace attune
