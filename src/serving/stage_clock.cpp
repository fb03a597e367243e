#include "serving/stage_clock.hpp"

namespace attune {

double StageClock::lap() {
    const Clock::time_point now = Clock::now();
    const double us = std::chrono::duration<double, std::micro>(now - last_).count();
    last_ = now;
    return us;
}

void StageClock::after(RankStage stage) {
    const double us = lap();
    switch (stage) {
        case RankStage::kScore:
            score_us_ += us;
            break;
        case RankStage::kConstrain:
            constrain_us_ += us;
            break;
        case RankStage::kChoose:
            choose_us_ += us;
            break;
        case RankStage::kExplain:
            explain_us_ += us;
            break;
    }
}

void StageClock::after_model(std::string_view name, double weight) {
    const double us = lap();
    score_us_ += us;
    models_.push_back({name, weight, us});
}

void StageClock::after_reasons() {
    reasons_us_ += lap();
}

void StageClock::after_state() {
    state_us_ += lap();
}

void StageClock::after_text() {
    text_us_ += lap();
}

double StageClock::total_us() const {
    return state_us_ + score_us_ + constrain_us_ + choose_us_ + explain_us_ + reasons_us_ +
           text_us_;
}

}  // namespace attune
