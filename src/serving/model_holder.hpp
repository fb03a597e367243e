#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "core/shared_slot.hpp"
#include "serving/serving_model.hpp"
#include "storage/stores.hpp"

namespace attune {

/// A version of the models, as it lies in the folder.
struct ModelVersion {
    std::string version;
    bool active = false;
    Timestamp trained_at;
    Timestamp as_of;
    std::uint64_t size_bytes = 0;
    std::vector<std::string> models;
    std::vector<SavedComponent> blend;
    std::vector<SavedComponent> cold_blend;
    nlohmann::json report;
    std::string damage;  ///< not empty: why it cannot be used; the fields above are then not known
};

struct ModelHolderOptions {
    std::filesystem::path folder;
    /// Told of what people should know: damage, settings that a model does not bear.
    std::function<void(const std::string&)> alert;
};

/// What serves now, and how it changes: another model, changed products, changed settings. Requests
/// take what `current` gives and are never held up by a change; a change is made beside it and put
/// in its place at once.
///
/// A product that changes, or goes, is in force when the call returns: models keep what they learnt
/// of it, rules go by what it is now. What models make of its texts, and products that are new,
/// follow when a thread of the holder's own has read the models anew. Where it cannot, it tries
/// again and again; alerts say so, and when it could.
///
/// @threads every member may be called from many threads; changes take turns
class ModelHolder {
 public:
    /// @lifetime borrows the database and the numbers
    ModelHolder(Database& database, ProductNumbers& numbers,
                std::shared_ptr<const ReasonTemplates> templates, ModelHolderOptions options);
    ~ModelHolder();
    ModelHolder(const ModelHolder&) = delete;
    ModelHolder& operator=(const ModelHolder&) = delete;

    /// Reads the products and the current version; without any there is no model, and `current` is
    /// null. Damaged ones are alerts, and the newest good one before them is taken.
    /// @errors those of the store
    Status load_current();
    /// Whether settings suit what was loaded; without a model they do. @errors those of the
    /// settings
    [[nodiscard]] Status check(const Config& config) const;
    /// Serves what was loaded. @pre load_current; to be called once
    /// @errors those of the settings
    Status start(const Config& config);

    /// Null: nothing is trained yet.
    [[nodiscard]] std::shared_ptr<const ServingModel> current() const { return current_.load(); }
    /// The products as they are now; never null.
    [[nodiscard]] std::shared_ptr<const Catalogue> catalogue() const { return catalogue_.load(); }
    /// Whether the data is what the model was trained on, as of a second ago.
    [[nodiscard]] bool is_up_to_date() const { return up_to_date_.load(); }

    /// Serves this version from now on, also after a restart.
    /// @errors kNotFound, kCorrupt, kNewerFormat: the one that serves goes on
    Status activate(const std::string& version);
    /// A version with the products and settings as they are now, without putting it in force.
    /// @errors as activate
    [[nodiscard]] Result<std::shared_ptr<const ServingModel>> load(
        const std::string& version) const;
    /// Newest first, damaged ones too.
    [[nodiscard]] std::vector<ModelVersion> list() const;
    /// @errors kNotFound
    [[nodiscard]] Result<ModelVersion> get(const std::string& version) const;
    /// @errors kNotFound; kConflict: it serves
    Status remove(const std::string& version);

    /// Goes by other settings from now on. @errors those of the settings: nothing changes then
    Status use_settings(const Config& config);

    /// The order of writes. To be called within Database::write, where only one runs at a time.
    std::uint64_t next_sequence() { return sequence_.fetch_add(1) + 1; }
    /// A product was added, changed or removed in the store. Of two changes of a product the one of
    /// the later write holds, in whatever order they come.
    Status change_product(ProductChange change);
    /// Many may have changed: reads all anew and waits for it.
    /// @errors those of the store and of the models' files; it is tried again by itself then
    Status reload_products();
    /// Waits until everything that was told before is in force.
    void wait_for_rebind();

 private:
    [[nodiscard]] ServingParts parts(const Config& config) const;
    Status rebind(const std::optional<std::string>& version);
    Status put_in_force(std::shared_ptr<ServingModel> model,
                        std::shared_ptr<const Catalogue> catalogue, std::uint64_t settings_seen);
    void publish(std::shared_ptr<ServingModel> model);
    void work();
    void ask_for_rebind();
    std::uint64_t num_wanted();
    void note_rebind(std::uint64_t number);
    void note_failed_rebind(const Error& error);
    void look_at_revision();
    void alert(const std::string& text) const;
    [[nodiscard]] std::string active_version() const;
    [[nodiscard]] ModelVersion describe(const std::string& version) const;

    Database& database_;
    ProductNumbers& numbers_;
    std::shared_ptr<const ReasonTemplates> templates_;
    ModelHolderOptions options_;

    std::shared_ptr<const ModelSnapshot> loaded_;  ///< until it serves
    SharedSlot<ServingModel> current_;
    SharedSlot<Catalogue> catalogue_;
    std::atomic<bool> up_to_date_{false};

    mutable std::mutex change_;  ///< one change at a time; never held while models are read
    Config config_;
    std::uint64_t settings_number_ = 0;  ///< grows with use_settings
    std::uint64_t generation_ = 0;
    std::vector<ProductChange> changes_;  ///< since the models were read the last time
    std::unordered_map<std::string, std::uint64_t> latest_;  ///< sequences of changes, by product
    std::atomic<std::uint64_t> sequence_{0};

    std::mutex rebind_turn_;  ///< one reading of models at a time
    std::mutex wake_mutex_;
    std::condition_variable wake_;
    std::uint64_t wanted_ = 0;  ///< rebinds that were asked for
    std::uint64_t done_ = 0;
    std::chrono::steady_clock::time_point next_try_{};  ///< where some are not done
    std::chrono::milliseconds pause_{0};                ///< after a failure; 0: there was none
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace attune
