#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "ranking/constraints.hpp"

namespace attune {

enum class Explain {
    kNo,   ///< a text for each item
    kYes,  ///< also its reasons and contributions
};

/// What somebody asks recommendations for.
struct RecommendRequest {
    std::string customer_id;
    std::size_t num_items = 0;  ///< 0: ranking.items
    std::string purpose = "personalization";
    RequestFilter filter;
    Explain explain = Explain::kNo;
};

/// A recommended product without its reasons.
struct ListedItem {
    std::string product_id;
    std::string name;
    double score = 0;
};

/// An answer as long as nothing that it depends on changes: immutable, shared between those who
/// ask the same.
struct AnswerBody {
    std::string customer_id;
    std::string purpose;
    std::string model_version;
    bool known = false;         ///< the customer is one of the store's
    bool personalized = false;  ///< their consent allows it
    std::vector<ListedItem> items;
    std::optional<Timestamp> valid_until;  ///< none: no product comes or goes

    // Made once, for answers are sent more often than they are made.
    std::string items_json;      ///< a list
    std::string stages_json;     ///< an object
    std::string shortfall_json;  ///< an object; empty: the list is as long as was asked
    std::string message;
    std::string decision_json;  ///< the decision's document

    /// The decision that was stored with this document. Only the thread of the DecisionLog looks.
    struct Recorded {
        std::string decision_id;
        Timestamp time;
    };
    mutable Recorded recorded;

    [[nodiscard]] std::size_t num_bytes() const;
};

/// One answer to one request.
struct Answer {
    std::shared_ptr<const AnswerBody> body;
    std::string decision_id;
    Timestamp time;
    std::int64_t latency_us = 0;
    bool cached = false;            ///< made for an earlier request
    bool model_up_to_date = false;  ///< the model was trained on the data as it is
};

}  // namespace attune
