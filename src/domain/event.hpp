#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/money.hpp"

namespace attune {

enum class EventType { kView, kLike, kShare, kComment, kPurchase, kDismiss };

inline constexpr std::array kEventTypes{EventType::kView,     EventType::kLike,
                                        EventType::kShare,    EventType::kComment,
                                        EventType::kPurchase, EventType::kDismiss};

std::string_view event_type_name(EventType type);  ///< "view", "like", ...
/// @errors kInvalidArgument lists the types
Result<EventType> parse_event_type(std::string_view text);

/// Something a customer did with a product.
struct Event {
    std::string id;  ///< an event whose id was seen before changes nothing
    std::string customer_id;
    std::string product_id;
    EventType type = EventType::kView;
    Timestamp time;
    double quantity = 1;
    std::optional<Money> unit_price;
    std::string context;  ///< what groups events: an invoice, a session, a campaign

    friend bool operator==(const Event&, const Event&) = default;
};

/// @errors kInvalidArgument: a bad id, a quantity that is not positive and finite, a time before
///         1900 or after 2200, a negative price
Status validate(const Event& event);

/// How much each type says about liking a product; dismissals are no weight but a veto.
struct EventWeights {
    double view = 0.1;
    double like = 0.3;
    double share = 0.5;
    double comment = 0.4;
    double purchase = 1.0;

    [[nodiscard]] double of(EventType type) const;
};

}  // namespace attune
