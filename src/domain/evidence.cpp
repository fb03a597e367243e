#include "domain/evidence.hpp"

namespace attune {

std::string_view evidence_kind_name(EvidenceKind kind) {
    switch (kind) {
        case EvidenceKind::kEvent:
            return "event";
        case EvidenceKind::kTerm:
            return "term";
        case EvidenceKind::kAttribute:
            return "attribute";
        case EvidenceKind::kCohort:
            return "cohort";
        case EvidenceKind::kPopularity:
            return "popularity";
        case EvidenceKind::kBaseline:
            return "baseline";
    }
    return "unknown";
}

double total_contribution(const std::vector<Evidence>& evidence) {
    double total = 0;
    for (const Evidence& part : evidence) total += part.contribution;
    return total;
}

}  // namespace attune
