#include "domain/consent.hpp"

namespace attune {

bool consent_refused(std::span<const Consent> consents, std::string_view purpose, Timestamp now) {
    bool refused = false;
    for (const Consent& consent : consents) {
        if (consent.purpose == purpose && consent.time <= now) refused = !consent.granted;
    }
    return refused;
}

}  // namespace attune
