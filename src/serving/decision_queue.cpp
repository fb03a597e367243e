#include "serving/decision_queue.hpp"

namespace attune {
namespace {

/// Of the answer without its body.
std::size_t own_bytes(const Answer& answer) {
    return sizeof(Answer) + answer.decision_id.size();
}

}  // namespace

bool DecisionQueue::push(Answer&& answer) {
    const AnswerBody* const body = answer.body.get();
    const auto sharing = num_sharing_.find(body);
    const bool is_shared = sharing != num_sharing_.end();
    const std::size_t bytes = own_bytes(answer) + (is_shared ? 0 : body->num_bytes());
    const bool fits = answers_.size() < limits_.answers && num_bytes_ + bytes <= limits_.bytes;
    if (!fits && !empty()) return false;
    if (is_shared) {
        ++sharing->second;
    } else {
        num_sharing_.emplace(body, 1);
    }
    num_bytes_ += bytes;
    answers_.push_back(std::move(answer));
    return true;
}

std::vector<Answer> DecisionQueue::take(std::size_t count, std::size_t document_bytes) {
    std::vector<Answer> taken;
    std::size_t taken_bytes = 0;
    while (!empty() && taken.size() < count) {
        const AnswerBody* const body = answers_.front().body.get();
        taken_bytes += body->decision_json.size();
        if (!taken.empty() && taken_bytes > document_bytes) break;
        taken.push_back(std::move(answers_.front()));
        answers_.pop_front();
        num_bytes_ -= own_bytes(taken.back());
        const auto sharing = num_sharing_.find(body);
        if (--sharing->second == 0) {
            num_sharing_.erase(sharing);
            num_bytes_ -= body->num_bytes();
        }
    }
    return taken;
}

}  // namespace attune
