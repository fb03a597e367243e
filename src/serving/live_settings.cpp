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

Result<Config> LiveSettings::with(const Overrides& overrides) const {
    std::map<std::string, std::string, std::less<>> values;
    for (const auto& [key, setting] : overrides) values[key] = setting.value;
    return started_with_.with(values);
}

Status LiveSettings::load(const std::function<void(const std::string&)>& alert) {
    std::vector<SettingOverride> stored;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(stored, stores.settings().list());
        return {};
    }));
    Overrides overrides;
    for (SettingOverride& setting : stored) {
        Overrides one{{setting.key, setting}};
        if (const auto valid = with(one); !valid || !is_live_setting(setting.key)) {
            alert(fmt::format("setting {} = {} of {} is left out: {}", setting.key, setting.value,
                              setting.changed_by,
                              valid ? "it takes a restart now" : valid.error().message));
            continue;
        }
        overrides.merge(one);
    }
    ATTUNE_ASSIGN(const Config config, with(overrides));
    config_.store(std::make_shared<const Config>(config));
    const std::lock_guard lock(overrides_mutex_);
    overrides_ = std::move(overrides);
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
        }
        states.push_back(std::move(state));
    }
    return states;
}

/// Makes the stored overrides those that are wanted.
Status LiveSettings::store(const Overrides& wanted) {
    Overrides former;
    {
        const std::lock_guard lock(overrides_mutex_);
        former = overrides_;
    }
    return database_.write([&](Stores& stores) -> Status {
        for (const auto& [key, setting] : wanted) ATTUNE_TRY(stores.settings().put(setting));
        for (const auto& [key, setting] : former) {
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
    {
        const std::lock_guard lock(overrides_mutex_);
        wanted = overrides_;
    }
    for (const auto& [key, value] : patch.items()) {
        if (value.is_null()) {
            wanted.erase(key);
            continue;
        }
        ATTUNE_ASSIGN(std::string text, text_of(key, value));
        wanted[key] = {key, std::move(text), clock_.now(), who};
    }
    // The values first, so that a misspelt key is told as such.
    ATTUNE_ASSIGN(const Config config, with(wanted));
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
    ++generation_;
    return {};
}

}  // namespace attune
