#include "domain/event.hpp"

#include <cmath>

#include "domain/limits.hpp"

namespace attune {

std::string_view event_type_name(EventType type) {
    switch (type) {
        case EventType::kView:
            return "view";
        case EventType::kLike:
            return "like";
        case EventType::kShare:
            return "share";
        case EventType::kComment:
            return "comment";
        case EventType::kPurchase:
            return "purchase";
        case EventType::kDismiss:
            return "dismiss";
    }
    return "unknown";
}

Result<EventType> parse_event_type(std::string_view text) {
    for (const EventType type : kEventTypes) {
        if (event_type_name(type) == text) return type;
    }
    return fail(ErrorCode::kInvalidArgument,
                "'{}' is not an event type; use view, like, share, comment, purchase or dismiss",
                text.substr(0, 64));
}

Status validate(const Event& event) {
    ATTUNE_TRY(validate_id("event id", event.id));
    ATTUNE_TRY(validate_id("customer id", event.customer_id));
    ATTUNE_TRY(validate_id("product id", event.product_id));
    if (!std::isfinite(event.quantity) || event.quantity <= 0) {
        return fail(ErrorCode::kInvalidArgument, "quantity {} is not above 0", event.quantity);
    }
    if (event.unit_price && event.unit_price->minor < 0) {
        return fail(ErrorCode::kInvalidArgument, "unit price {} is negative",
                    format_money(*event.unit_price));
    }
    return validate_time("time", event.time);
}

double EventWeights::of(EventType type) const {
    switch (type) {
        case EventType::kView:
            return view;
        case EventType::kLike:
            return like;
        case EventType::kShare:
            return share;
        case EventType::kComment:
            return comment;
        case EventType::kPurchase:
            return purchase;
        case EventType::kDismiss:
            return 0;
    }
    return 0;
}

}  // namespace attune
