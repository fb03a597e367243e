#include "ingest/record_kind.hpp"

namespace attune {

std::string_view record_kind_name(RecordKind kind) {
    switch (kind) {
        case RecordKind::kCustomer:
            return "customer";
        case RecordKind::kProduct:
            return "product";
        case RecordKind::kEvent:
            return "event";
        case RecordKind::kTransaction:
            return "transaction";
        case RecordKind::kPost:
            return "post";
        case RecordKind::kHousehold:
            return "household";
        case RecordKind::kConsent:
            return "consent";
    }
    return "unknown";
}

Result<RecordKind> parse_record_kind(std::string_view text) {
    for (const RecordKind kind : kRecordKinds) {
        if (record_kind_name(kind) == text) return kind;
    }
    return fail(ErrorCode::kInvalidArgument,
                "'{}' is not a kind of record; use customer, product, event, transaction, post, "
                "household or consent",
                text.substr(0, 64));
}

}  // namespace attune
