#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

#include "serving/answer.hpp"

namespace attune {

/// Answers whose decisions wait to be stored, within limits of their number and of the memory that
/// they hold. A body that several of them share is held once, and counts once.
///
/// @threads one at a time
/// @cost    O(1) an answer, and the items of its body
class DecisionQueue {
 public:
    struct Limits {
        std::size_t answers = 0;
        std::size_t bytes = 0;
    };
    explicit DecisionQueue(const Limits& limits) : limits_(limits) {}

    /// False: it does not fit, and is left as it was. An empty queue takes one of any size.
    bool push(Answer&& answer);
    /// Takes out those that came first: at most `count`, and at least one, of which the documents,
    /// each copied, come to at most `document_bytes`.
    /// @pre not empty
    std::vector<Answer> take(std::size_t count, std::size_t document_bytes);

    [[nodiscard]] bool empty() const { return answers_.empty(); }
    [[nodiscard]] std::size_t size() const { return answers_.size(); }
    [[nodiscard]] std::size_t num_bytes() const { return num_bytes_; }

 private:
    Limits limits_;
    std::deque<Answer> answers_;
    std::unordered_map<const AnswerBody*, std::size_t> num_sharing_;  ///< answers, by body
    std::size_t num_bytes_ = 0;
};

}  // namespace attune
