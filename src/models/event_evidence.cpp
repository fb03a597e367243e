#include "models/event_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace attune {

void leave_rounding_uncited(std::vector<EventPart>& parts, double beside) {
    constexpr double kLeastShare = 1e-9;
    double size = std::abs(beside);
    for (const EventPart& part : parts) size += std::abs(part.contribution);
    for (EventPart& part : parts) {
        part.citable = part.citable && std::abs(part.contribution) > kLeastShare * size;
    }
}

std::vector<Evidence> event_evidence(std::vector<EventPart> parts, std::size_t max_evidence,
                                     const Catalogue& catalogue, std::string_view model) {
    std::sort(parts.begin(), parts.end(), [](const EventPart& a, const EventPart& b) {
        const double size_a = std::abs(a.contribution);
        const double size_b = std::abs(b.contribution);
        return size_a > size_b || (size_a == size_b && a.product < b.product);
    });
    std::vector<Evidence> evidence;
    double rest = 0;
    for (const EventPart& part : parts) {
        if (part.contribution == 0) continue;
        if (!part.citable || evidence.size() == max_evidence) {
            rest += part.contribution;
            continue;
        }
        evidence.push_back({EvidenceKind::kEvent, catalogue.product(part.product).id, "",
                            part.latest, part.contribution, std::string(model)});
    }
    if (rest != 0) {
        evidence.push_back(
            {EvidenceKind::kBaseline, "", "", std::nullopt, rest, std::string(model)});
    }
    return evidence;
}

void add_baseline(double contribution, std::string_view model, std::vector<Evidence>& evidence) {
    if (!evidence.empty() && evidence.back().kind == EvidenceKind::kBaseline) {
        evidence.back().contribution += contribution;
        return;
    }
    evidence.push_back(
        {EvidenceKind::kBaseline, "", "", std::nullopt, contribution, std::string(model)});
}

}  // namespace attune
