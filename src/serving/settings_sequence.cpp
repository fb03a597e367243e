#include "serving/settings_sequence.hpp"

#include "serving/setting_values.hpp"

namespace attune {
namespace {

constexpr double kMaxMinutes = 1e7;
constexpr double kMaxDays = 36'500;

void add_markov(std::vector<Setting>& schema) {
    const MarkovOptions base;
    const TransitionOptions& steps = base.transitions;
    schema.push_back({"markov.session_gap_minutes", base.session_gap_minutes,
                      "Minutes without an event after which a customer's next events are a new "
                      "step.",
                      0, kMaxMinutes});
    schema.push_back({"markov.max_steps", whole_number(steps.max_steps),
                      "Steps ahead that count; 1: only the next.", 1, 1e6});
    schema.push_back({"markov.step_decay", steps.step_decay,
                      "What each step further counts of the one before.", 0, 1});
    schema.push_back({"markov.gap_half_life_days", steps.gap_half_life_days,
                      "Days between two steps after which the later counts half; 0: never.", 0,
                      kMaxDays});
    schema.push_back({"markov.half_life_days", steps.target_half_life_days,
                      "Days after which a step counts half for what is recommended; 0: never.", 0,
                      kMaxDays});
    schema.push_back({"markov.history_half_life_days", base.history.half_life_days,
                      "Days after which a customer's event counts half when scoring; 0: never.", 0,
                      kMaxDays});
    schema.push_back({"markov.smoothing", base.smoothing,
                      "How many steps' worth the popularity counts beside those seen from a "
                      "product.",
                      1e-6, 1e6});
}

void add_session_knn(std::vector<Setting>& schema) {
    const SessionKnnOptions base;
    schema.push_back({"session_knn.session_gap_minutes", base.session_gap_minutes,
                      "Minutes without an event after which a customer's next events are a new "
                      "session.",
                      0, kMaxMinutes});
    schema.push_back({"session_knn.neighbours", whole_number(base.similarity.num_neighbours),
                      "Products kept of each product.", 1, 10'000});
    schema.push_back({"session_knn.half_life_days", base.target_half_life_days,
                      "Days after which a session counts half; 0: never.", 0, kMaxDays});
    schema.push_back({"session_knn.history_half_life_days", base.history.half_life_days,
                      "Days after which a customer's event counts half when scoring; 0: never.", 0,
                      kMaxDays});
}

}  // namespace

void add_sequence_settings(std::vector<Setting>& schema) {
    add_markov(schema);
    add_session_knn(schema);
}

void set_sequence_options(const Config& config, ModelOptions& options) {
    MarkovOptions& markov = options.markov;
    markov.session_gap_minutes = config.number("markov.session_gap_minutes");
    markov.transitions.max_steps = size_of(config, "markov.max_steps");
    markov.transitions.step_decay = config.number("markov.step_decay");
    markov.transitions.gap_half_life_days = config.number("markov.gap_half_life_days");
    markov.transitions.target_half_life_days = config.number("markov.half_life_days");
    markov.history.half_life_days = config.number("markov.history_half_life_days");
    markov.smoothing = config.number("markov.smoothing");
    SessionKnnOptions& session_knn = options.session_knn;
    session_knn.session_gap_minutes = config.number("session_knn.session_gap_minutes");
    session_knn.similarity.num_neighbours = size_of(config, "session_knn.neighbours");
    session_knn.target_half_life_days = config.number("session_knn.half_life_days");
    session_knn.history.half_life_days = config.number("session_knn.history_half_life_days");
}

}  // namespace attune
