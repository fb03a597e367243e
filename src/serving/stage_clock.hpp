#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "serving/recommend_service.hpp"

namespace attune {

/// How long the stages of one recommendation took, and each model.
class StageClock final : public RecommendObserver {
 public:
    struct Model {
        std::string_view name;  ///< of the model; lives as long as it
        double weight = 0;
        double us = 0;
    };

    void after(RankStage stage) override;
    void after_model(std::string_view name, double weight) override;
    void after_reasons() override;
    /// A stage that serving itself is through with: "state", "answer".
    void after_state();
    void after_text();

    [[nodiscard]] double state_us() const { return state_us_; }
    [[nodiscard]] double score_us() const { return score_us_; }
    [[nodiscard]] double constrain_us() const { return constrain_us_; }
    [[nodiscard]] double choose_us() const { return choose_us_; }
    [[nodiscard]] double explain_us() const { return explain_us_; }
    [[nodiscard]] double reasons_us() const { return reasons_us_; }
    [[nodiscard]] double text_us() const { return text_us_; }
    [[nodiscard]] double total_us() const;
    [[nodiscard]] const std::vector<Model>& models() const { return models_; }

 private:
    using Clock = std::chrono::steady_clock;
    double lap();

    Clock::time_point last_ = Clock::now();
    double state_us_ = 0;
    double score_us_ = 0;  ///< of all models
    double constrain_us_ = 0;
    double choose_us_ = 0;
    double explain_us_ = 0;
    double reasons_us_ = 0;
    double text_us_ = 0;
    std::vector<Model> models_;
};

}  // namespace attune
