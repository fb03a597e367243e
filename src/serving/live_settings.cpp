#include "serving/live_settings.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

constexpr std::array<std::string_view, 6> kLiveKeys{
    "events.weight_", "eligibility.",        "ranking.",
    "blend.",         "explain.said_fields", "explain.never_said_fields"};

nlohmann::json to_json(const SettingValue& value) {
    return std::visit([](const auto& held) { return nlohmann::json(held); }, value);
}

std::string type_name(const SettingValue& value) {
    constexpr std::array<const char*, 4> kNames{"boolean", "integer", "number", "text"};
    return kNames[value.index()];
}

/// The value as the command line would write it.
Result<std::string> text_of(const std::string& key, const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number()) return value.dump();
    return fail(ErrorCode::kInvalidArgument, "{}: takes a text, a number, true, false or null",
                key);
}

}  // namespace

bool is_live_setting(std::string_view key) {
    return std::any_of(kLiveKeys.begin(), kLiveKeys.end(), [&](std::string_view live) {
        return live.ends_with('.') || live.ends_with('_') ? key.starts_with(live) : key == live;
    });
}

LiveSettings::LiveSettings(Database& database, const Clock& clock, Config started_with)
    : database_(database), clock_(clock), started_with_(std::move(started_with)) {
    config_.store(std::make_shared<const Config>(started_with_));
}

Result<Config> LiveSettings::with(const Overrides& overrides, const Reasons& left_out) const {
    std::map<std::string, std::string, std::less<>> values;
    for (const auto& [key, setting] : overrides) {
        if (!left_out.contains(key)) values[key] = setting.value;
    }
    return started_with_.with(values);
}

void LiveSettings::leave_out(const SettingOverride& setting, const std::string& reason,
                             const Alert& alert) {
    alert(fmt::format("setting {} = {} of {} is left out: {}", setting.key, setting.value,
                      setting.changed_by, reason));
    const std::lock_guard lock(overrides_mutex_);
    left_out_[setting.key] = reason;
}

Status LiveSettings::load(const Alert& alert) {
    std::vector<SettingOverride> stored;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(stored, stores.settings().list());
        return {};
    }));
    Overrides overrides;
    for (const SettingOverride& setting : stored) {
        if (const auto valid = with({{setting.key, setting}}, {}); !valid) {
            leave_out(setting, valid.error().message, alert);
        } else if (!is_live_setting(setting.key)) {
            leave_out(setting, "it takes a restart now", alert);
        }
        overrides[setting.key] = setting;
    }
    ATTUNE_ASSIGN(const Config config, with(overrides, left_out_));
    config_.store(std::make_shared<const Config>(config));
    const std::lock_guard lock(overrides_mutex_);
    overrides_ = std::move(overrides);
    return {};
}

Status LiveSettings::leave_out_unsuitable(const Use& suits, const Alert& alert) {
    const std::lock_guard turn(change_);
    const auto refusal = [&](const Overrides& overrides) -> std::optional<std::string> {
        const auto config = with(overrides, left_out_);
        const Status suitable = config ? suits(*config) : Status(fail(config.error()));
        if (suitable) return std::nullopt;
        return suitable.error().message;
    };
    const auto of_all = refusal(overrides_);
    if (!of_all) return {};
    const bool started_well = !refusal({});
    for (const auto& [key, setting] : overrides_) {
        if (left_out_.contains(key)) continue;
        const auto of_one = started_well ? refusal({{key, setting}}) : of_all;
        if (of_one) leave_out(setting, *of_one, alert);
    }
    // Each suits, and together they do not: which of them is wrong cannot be told.
    const auto of_rest = refusal(overrides_);
    for (const auto& [key, setting] : overrides_) {
        if (of_rest && !left_out_.contains(key)) leave_out(setting, *of_rest, alert);
    }
    ATTUNE_ASSIGN(const Config config, with(overrides_, left_out_));
    config_.store(std::make_shared<const Config>(config));
    return {};
}

std::uint64_t LiveSettings::generation() const {
    const std::lock_guard lock(overrides_mutex_);
    return generation_;
}

std::vector<SettingState> LiveSettings::list() const {
    const std::shared_ptr<const Config> config = config_.load();
    const std::lock_guard lock(overrides_mutex_);
    std::vector<SettingState> states;
    for (const Setting& setting : config->schema()) {
        SettingState state;
        state.key = setting.key;
        state.value = to_json(config->value(setting.key));
        state.default_value = to_json(setting.default_value);
        state.help = setting.help;
        state.type = type_name(setting.default_value);
        if (setting.minimum < setting.maximum) {
            state.minimum = setting.minimum;
            state.maximum = setting.maximum;
        }
        state.editable = is_live_setting(setting.key);
        if (const auto found = overrides_.find(setting.key); found != overrides_.end()) {
            state.changed_at = found->second.changed_at;
            state.changed_by = found->second.changed_by;
            if (const auto why = left_out_.find(setting.key); why != left_out_.end()) {
                state.left_out = {found->second.value, why->second};
            }
        }
        states.push_back(std::move(state));
    }
    return states;
}

/// Makes the stored overrides those that are wanted. @pre change_ is held
Status LiveSettings::store(const Overrides& wanted) {
    return database_.write([&](Stores& stores) -> Status {
        for (const auto& [key, setting] : wanted) ATTUNE_TRY(stores.settings().put(setting));
        for (const auto& [key, setting] : overrides_) {
            if (!wanted.contains(key)) ATTUNE_TRY(stores.settings().remove(key));
        }
        return {};
    });
}

Status LiveSettings::change(const nlohmann::json& patch, const std::string& who,
                            const std::function<Status()>& check) {
    if (!patch.is_object()) {
        return fail(ErrorCode::kInvalidArgument,
                    "settings must be a JSON object of keys and values");
    }
    const std::lock_guard turn(change_);
    if (check) ATTUNE_TRY(check());
    Overrides wanted;
    Reasons left_out;
    {
        const std::lock_guard lock(overrides_mutex_);
        wanted = overrides_;
        left_out = left_out_;
    }
    for (const auto& [key, value] : patch.items()) {
        left_out.erase(key);
        if (value.is_null()) {
            wanted.erase(key);
            continue;
        }
        ATTUNE_ASSIGN(std::string text, text_of(key, value));
        wanted[key] = {key, std::move(text), clock_.now(), who};
    }
    // The values first, so that a misspelt key is told as such.
    ATTUNE_ASSIGN(const Config config, with(wanted, left_out));
    for (const auto& [key, value] : patch.items()) {
        if (is_live_setting(key)) continue;
        return fail(ErrorCode::kForbidden,
                    "{}: cannot be changed while the service runs; set it in the configuration "
                    "file and start again",
                    key);
    }
    const std::shared_ptr<const Config> former = config_.load();
    if (use_) ATTUNE_TRY(use_(config));
    if (const Status stored = store(wanted); !stored) {
        // What cannot be kept is not used either.
        if (use_) ATTUNE_TRY(use_(*former));
        return stored;
    }
    config_.store(std::make_shared<const Config>(config));
    const std::lock_guard lock(overrides_mutex_);
    overrides_ = std::move(wanted);
    left_out_ = std::move(left_out);
    ++generation_;
    return {};
}

}  // namespace attune
