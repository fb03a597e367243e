#include "ingest/row_records.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "ingest/record_merge.hpp"

namespace attune {
namespace {

using nlohmann::json;

const std::string* noun_id(const Record& record) {
    if (const auto* customer = std::get_if<Customer>(&record)) return &customer->id;
    if (const auto* product = std::get_if<Product>(&record)) return &product->id;
    return nullptr;
}

/// Tells a customer from a product of the same id.
Hash128 noun_hash(const Record& record) {
    Hash128 hash = hash128(*noun_id(record));
    hash.high ^= record.index();
    return hash;
}

/// Calls `visit(kind, field, id)` with each customer and product that the record refers to, until
/// it returns false.
template <typename Visit>
void for_each_reference(const Record& record, const Visit& visit) {
    std::visit(
        [&](const auto& held) {
            using T = std::decay_t<decltype(held)>;
            bool go_on = true;
            if constexpr (requires { &T::customer_id; }) {
                go_on = visit(RecordKind::kCustomer, "customer_id", held.customer_id);
            }
            if constexpr (requires { &T::product_id; }) {
                if (go_on) visit(RecordKind::kProduct, "product_id", held.product_id);
            }
            if constexpr (requires { &T::related_id; }) {
                if (go_on) visit(RecordKind::kCustomer, "related_id", held.related_id);
            }
        },
        record);
}

/// When what the record tells of happened; none: it is no such record.
std::optional<Timestamp> time_of_occurrence(const Record& record) {
    if (const auto* event = std::get_if<Event>(&record)) return event->time;
    if (const auto* transaction = std::get_if<Transaction>(&record)) return transaction->time;
    if (const auto* post = std::get_if<Post>(&record)) return post->time;
    return std::nullopt;
}

json form_of(const Record& record) {
    return std::visit([](const auto& held) { return to_json(held); }, record);
}

std::optional<Issue> found(tl::unexpected<Issue> issue) {
    return std::move(issue).value();
}

/// The first required field that is not there.
std::optional<Issue> missing_field(RecordKind kind, const json& document) {
    for (const FieldInfo& info : fields_of(owner_of(kind))) {
        const auto value = document.find(info.name);
        if (!info.required || (value != document.end() && !value->is_null())) continue;
        return found(issue(IssueReason::kMissingValue, std::string(info.name), "",
                           "a value is needed here"));
    }
    return std::nullopt;
}

std::vector<std::string_view> given_fields(const json& document) {
    std::vector<std::string_view> names;
    for (const auto& [key, value] : document.items()) {
        if (!value.is_null()) names.push_back(key);
    }
    return names;
}

}  // namespace

Result<RowRecords> RowRecords::create(const Mapping& mapping,
                                      const std::vector<std::string>& header, RecordSink& sink,
                                      std::optional<Timestamp> latest_time) {
    RowRecords records(mapping, sink, latest_time);
    if (mapping.native) {
        ATTUNE_ASSIGN(records.header_, RecordHeader::of(*mapping.native, header));
    }
    return records;
}

Result<std::optional<Issue>> RowRecords::take(const Row& row, const RowValues& values,
                                              std::uint64_t number) {
    records_.clear();
    new_names_.clear();
    if (mapping_.native) {
        ATTUNE_ASSIGN(std::optional<Issue> bad, read_native(row));
        if (bad) return bad;
    } else {
        auto built = builder_.build(values, number);
        if (!built) return std::optional(std::move(built).error());
        records_ = std::move(*built);
    }
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (auto bad = check_time(i)) return bad;
        ATTUNE_ASSIGN(std::optional<Issue> bad, check_references(i));
        if (bad) return bad;
    }
    for (std::size_t i = 0; i < records_.size() && !mapping_.native; ++i) {
        if (noun_id(records_[i]) == nullptr || given_.contains(noun_hash(records_[i]))) continue;
        ATTUNE_ASSIGN(std::optional<Issue> bad, merge(records_[i], i));
        if (bad) return bad;
    }
    // Only now, so that a bad row leaves no trace.
    for (const Name& name : new_names_) named(name.kind).add(name.hash);
    for (const Record& record : records_) {
        if (const std::string* id = noun_id(record)) named(kind_of(record)).add(hash128(*id));
    }
    if (!mapping_.native) drop_repeated();
    return std::nullopt;
}

RowRecords::Found RowRecords::read_native(const Row& row) {
    const RecordKind kind = *mapping_.native;
    const auto refusal = [](const Error& error) {
        return found(issue(IssueReason::kInvalidRecord, "", "", error.message));
    };
    auto document = row.document != nullptr ? unpacked_document(kind, *row.document)
                                            : header_->document(row.cells);
    if (!document) return refusal(document.error());
    const bool is_noun = kind == RecordKind::kCustomer || kind == RecordKind::kProduct;
    if (is_noun && document->is_object()) {
        const auto id = document->find("id");
        std::optional<Record> stored;
        if (id != document->end() && id->is_string()) {
            ATTUNE_ASSIGN(stored, sink_.find(kind, id->get_ref<const std::string&>()));
        }
        if (stored) {
            json whole = form_of(*stored);
            merge_fields(kind, whole, *document, given_fields(*document));
            *document = std::move(whole);
        }
    }
    if (document->is_object()) {
        if (auto missing = missing_field(kind, *document)) return missing;
    }
    auto record = parse_record(kind, *document);
    if (!record) return refusal(record.error());
    records_.push_back(std::move(*record));
    return std::nullopt;
}

RowRecords::Found RowRecords::merge(Record& record, std::size_t index) {
    const RecordKind kind = kind_of(record);
    ATTUNE_ASSIGN(const std::optional<Record> stored, sink_.find(kind, *noun_id(record)));
    if (!stored || *stored == record) return std::nullopt;
    json whole = form_of(*stored);
    merge_fields(kind, whole, form_of(record), builder_.given(index));
    auto merged = parse_record(kind, whole);
    if (!merged) {
        return found(
            issue(IssueReason::kInvalidRecord, "", *noun_id(record),
                  fmt::format("together with what is stored of it: {}", merged.error().message)));
    }
    record = std::move(*merged);
    return std::nullopt;
}

/// What has happened cannot have happened in the future; most such times are misread.
std::optional<Issue> RowRecords::check_time(std::size_t index) const {
    const std::optional<Timestamp> time = time_of_occurrence(records_[index]);
    if (!latest_time_ || !time || *time <= *latest_time_) return std::nullopt;
    return found(issue(IssueReason::kInTheFuture, label(index, "time"), format_timestamp(*time),
                       fmt::format("lies in the future; at most {} is taken "
                                   "(events.max_clock_skew_s)",
                                   format_timestamp(*latest_time_))));
}

/// What names a field of the record in messages.
std::string RowRecords::label(std::size_t index, std::string_view field) const {
    return std::string(mapping_.native ? field : builder_.label(index, field));
}

RowRecords::Found RowRecords::check_references(std::size_t index) {
    std::optional<Issue> bad;
    Status status;
    for_each_reference(records_[index], [&](RecordKind kind, std::string_view field,
                                            const std::string& id) {
        const Result<bool> known = is_known(kind, id);
        if (!known) {
            status = fail(known.error());
        } else if (!*known) {
            const std::string_view noun = record_kind_name(kind);
            bad = found(issue(
                kind == RecordKind::kCustomer ? IssueReason::kUnknownCustomer
                                              : IssueReason::kUnknownProduct,
                label(index, field), id,
                fmt::format("there is no {} '{}', neither stored nor in a row before", noun, id)));
        }
        return known && *known;
    });
    ATTUNE_TRY(status);
    return bad;
}

Result<bool> RowRecords::is_known(RecordKind kind, const std::string& id) {
    const Hash128 hash = hash128(id);
    if (named(kind).contains(hash)) return true;
    bool known = std::any_of(records_.begin(), records_.end(), [&](const Record& record) {
        return kind_of(record) == kind && *noun_id(record) == id;
    });
    if (!known) {
        ATTUNE_ASSIGN(known, sink_.contains(kind, id));
    }
    if (known) new_names_.push_back({kind, hash});
    return known;
}

void RowRecords::drop_repeated() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const std::string* id = noun_id(records_[i]);
        if (id != nullptr && given_.add(noun_hash(records_[i])) > 1) {
            if (!contents_.contains(builder_.content(i))) {
                warnings().push_back(*found(
                    issue(IssueReason::kDiffersFromFirst, std::string(builder_.label(i, "id")), *id,
                          fmt::format("the {} differs from its first row, which counts",
                                      record_kind_name(kind_of(records_[i]))))));
            }
            continue;
        }
        if (id != nullptr) contents_.add(builder_.content(i));
        if (kept != i) records_[kept] = std::move(records_[i]);
        ++kept;
    }
    records_.resize(kept);
}

HashCounter& RowRecords::named(RecordKind kind) {
    return kind == RecordKind::kCustomer ? customers_ : products_;
}

}  // namespace attune
