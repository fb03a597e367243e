#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "core/shared_slot.hpp"
#include "storage/stores.hpp"

namespace attune {

/// One key of the configuration as it stands.
struct SettingState {
    std::string key;
    nlohmann::json value;
    nlohmann::json default_value;
    std::string help;
    std::string type;  ///< "boolean", "integer", "number", "text"
    std::optional<double> minimum;
    std::optional<double> maximum;
    std::optional<Timestamp> changed_at;  ///< while the service ran; none: it was not
    std::string changed_by;
    bool editable = false;
    /// What it was changed to and cannot be now; `value` holds in its place.
    struct LeftOut {
        std::string value;
        std::string reason;
    };
    std::optional<LeftOut> left_out;
};

/// Whether the key can be changed while the service runs: weights, rules, ranking and reasons.
bool is_live_setting(std::string_view key);

/// The configuration while the service runs: what it was started with, and what was changed since,
/// which the store keeps.
///
/// A change that cannot be any more is left out: it is kept and listed, and not in force until it
/// is changed again. So it keeps no service from starting.
///
/// @threads every member may be called from many threads; changes take turns
class LiveSettings {
 public:
    /// Puts a whole configuration in force, or refuses it and leaves everything as it was.
    using Use = std::function<Status(const Config&)>;
    using Alert = std::function<void(const std::string&)>;

    /// @lifetime borrows the database and the clock
    LiveSettings(Database& database, const Clock& clock, Config started_with);

    /// Reads what was changed in earlier runs. A change that is not valid any more (a key that
    /// went, another range) is left out and told to `alert`.
    /// @errors those of the store
    Status load(const Alert& alert);
    /// Leaves out the changes that `suits` refuses, such as those that name a category which is
    /// gone; all of them where it refuses them together and none alone, or refuses what the service
    /// was started with.
    /// @pre load
    Status leave_out_unsuitable(const Use& suits, const Alert& alert);
    /// Who is asked about changes. @pre before the first change
    void set_use(Use use) { use_ = std::move(use); }

    [[nodiscard]] Config config() const { return *config_.load(); }
    [[nodiscard]] std::uint64_t generation() const;
    [[nodiscard]] std::vector<SettingState> list() const;

    /// @param patch  {key: value}; null takes a change back
    /// @param check  asked before anything is changed, while nobody else changes; empty: nothing is
    /// @errors kInvalidArgument: not an object, an unknown key, a value of another type or out of
    ///         range, options that do not go together; kForbidden: a key that takes a restart;
    ///         those of the check and the store. Nothing is changed then.
    Status change(const nlohmann::json& patch, const std::string& who,
                  const std::function<Status()>& check = {});

 private:
    using Overrides = std::map<std::string, SettingOverride, std::less<>>;
    using Reasons = std::map<std::string, std::string, std::less<>>;

    [[nodiscard]] Result<Config> with(const Overrides& overrides, const Reasons& left_out) const;
    void leave_out(const SettingOverride& setting, const std::string& reason, const Alert& alert);
    Status store(const Overrides& wanted);

    Database& database_;
    const Clock& clock_;
    Config started_with_;
    Use use_;
    std::mutex change_;
    mutable std::mutex overrides_mutex_;  ///< to write what follows takes `change_` too
    Overrides overrides_;
    Reasons left_out_;  ///< of overrides that are not in force, by key
    std::uint64_t generation_ = 1;
    SharedSlot<Config> config_;
};

}  // namespace attune
