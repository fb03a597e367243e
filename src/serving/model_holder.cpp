#include "serving/model_holder.hpp"

#include <algorithm>
#include <chrono>

#include "serving/settings.hpp"
#include "serving/training_data_loader.hpp"

namespace attune {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{1'000};
// Changes of products that come one after the other are read together.
constexpr std::chrono::milliseconds kGatherChanges{200};
constexpr std::chrono::milliseconds kFirstPause{1'000};
constexpr std::chrono::milliseconds kLongestPause{60'000};

Result<std::shared_ptr<const Catalogue>> read_catalogue(Database& database) {
    auto catalogue = load_catalogue(database);
    if (!catalogue && catalogue.error().code == ErrorCode::kNotFound) {
        return std::make_shared<const Catalogue>(std::vector<Product>());
    }
    return catalogue;
}

/// The catalogue with the changes; new products come in, those that are gone go.
std::shared_ptr<const Catalogue> with_changes(const Catalogue& catalogue,
                                              std::span<const ProductChange> changes) {
    std::vector<Product> products = catalogue.products();
    for (const ProductChange& change : changes) {
        const auto found =
            std::find_if(products.begin(), products.end(),
                         [&](const Product& product) { return product.id == change.id; });
        if (!change.product) {
            if (found != products.end()) products.erase(found);
        } else if (found != products.end()) {
            *found = *change.product;
        } else {
            products.push_back(*change.product);
        }
    }
    return std::make_shared<const Catalogue>(std::move(products));
}

}  // namespace

ModelHolder::ModelHolder(Database& database, ProductNumbers& numbers,
                         std::shared_ptr<const ReasonTemplates> templates,
                         ModelHolderOptions options)
    : database_(database),
      numbers_(numbers),
      templates_(std::move(templates)),
      options_(std::move(options)) {
    catalogue_.store(std::make_shared<const Catalogue>(std::vector<Product>()));
}

ModelHolder::~ModelHolder() {
    {
        const std::lock_guard lock(wake_mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

ServingParts ModelHolder::parts(const Config& config) const {
    return {config, templates_, numbers_};
}

void ModelHolder::alert(const std::string& text) const {
    if (options_.alert) options_.alert(text);
}

std::string ModelHolder::active_version() const {
    const auto model = current_.load();
    return model ? model->snapshot().version : std::string();
}

/// @pre change_ is held
void ModelHolder::publish(std::shared_ptr<ServingModel> model) {
    const auto former = current_.load();
    if (!model->settings_problem.empty() &&
        (!former || former->settings_problem != model->settings_problem)) {
        alert(model->settings_problem);
    }
    model->generation = ++generation_;
    current_.store(std::move(model));
}

Status ModelHolder::load_current() {
    ATTUNE_ASSIGN(auto catalogue, read_catalogue(database_));
    catalogue_.store(catalogue);
    auto loaded = load_current_snapshot(options_.folder, catalogue);
    if (loaded) {
        for (const std::string& why : loaded->refused) {
            alert(fmt::format("a trained model cannot be used: {}; model {} serves instead", why,
                              loaded->snapshot->version));
        }
        loaded_ = std::move(loaded->snapshot);
    } else if (loaded.error().code != ErrorCode::kNotFound) {
        alert(fmt::format("no trained model can be used: {}; train a new one",
                          loaded.error().message));
    }
    return {};
}

Status ModelHolder::check(const Config& config) const {
    if (!loaded_) return {};
    return check_settings(config, *loaded_->catalogue);
}

Status ModelHolder::start(const Config& config) {
    config_ = config;
    if (loaded_) {
        ATTUNE_ASSIGN(auto model, make_serving_model(std::move(loaded_), parts(config_), nullptr));
        publish(std::move(model));
    }
    look_at_revision();
    thread_ = std::thread([this] { work(); });
    return {};
}

void ModelHolder::look_at_revision() {
    const auto model = current_.load();
    if (!model) return;
    const auto revision = database_.revision();
    // A store that cannot be asked leaves the answer as it was; its own checks say so.
    if (revision) up_to_date_.store(*revision == model->snapshot().database_revision);
}

/// @param version  none: the one that serves
Status ModelHolder::rebind(const std::optional<std::string>& version) {
    const std::lock_guard turn(rebind_turn_);
    Config config;
    std::uint64_t settings_seen = 0;
    {
        const std::lock_guard lock(change_);
        // Whatever was told until now is in the store, and so in what is read below.
        changes_.clear();
        config = config_;
        settings_seen = settings_number_;
    }
    ATTUNE_ASSIGN(auto catalogue, read_catalogue(database_));
    const std::string wanted = version ? *version : active_version();
    std::shared_ptr<ServingModel> model;
    if (!wanted.empty()) {
        ATTUNE_ASSIGN(auto snapshot, load_snapshot(options_.folder, wanted, catalogue));
        const auto former = current_.load();
        ATTUNE_ASSIGN(model, make_serving_model(std::move(snapshot), parts(config), former.get()));
    }
    if (version) ATTUNE_TRY(make_current_snapshot(options_.folder, *version));
    ATTUNE_TRY(put_in_force(std::move(model), std::move(catalogue), settings_seen));
    look_at_revision();
    return {};
}

/// What was changed while the models were read comes on top.
Status ModelHolder::put_in_force(std::shared_ptr<ServingModel> model,
                                 std::shared_ptr<const Catalogue> catalogue,
                                 std::uint64_t settings_seen) {
    const std::lock_guard lock(change_);
    if (model && settings_number_ != settings_seen) {
        ATTUNE_ASSIGN(model, with_settings(*model, parts(config_)));
    }
    if (!changes_.empty()) {
        if (model) {
            ATTUNE_ASSIGN(model, with_products(*model, changes_, parts(config_)));
        }
        catalogue = with_changes(*catalogue, changes_);
    }
    catalogue_.store(std::move(catalogue));
    if (model) publish(std::move(model));
    return {};
}

Status ModelHolder::activate(const std::string& version) {
    const std::uint64_t number = num_wanted();
    ATTUNE_TRY(rebind(version));
    note_rebind(number);
    return {};
}

Result<std::shared_ptr<const ServingModel>> ModelHolder::load(const std::string& version) const {
    Config config;
    {
        const std::lock_guard lock(change_);
        config = config_;
    }
    ATTUNE_ASSIGN(auto snapshot, load_snapshot(options_.folder, version, catalogue_.load()));
    ATTUNE_ASSIGN(auto model, make_serving_model(std::move(snapshot), parts(config), nullptr));
    return std::shared_ptr<const ServingModel>(std::move(model));
}

Status ModelHolder::use_settings(const Config& config) {
    const std::lock_guard lock(change_);
    if (const auto model = current_.load()) {
        ATTUNE_ASSIGN(auto changed, with_settings(*model, parts(config)));
        publish(std::move(changed));
    } else {
        // So that what a model would refuse later is refused now.
        ATTUNE_TRY(check_settings(config, *catalogue_.load()));
    }
    config_ = config;
    ++settings_number_;
    return {};
}

Status ModelHolder::change_product(ProductChange change) {
    {
        const std::lock_guard lock(change_);
        std::uint64_t& latest = latest_[change.id];
        if (latest > change.sequence) return {};  // a later one is in force already
        latest = change.sequence;
        const std::span<const ProductChange> only(&change, 1);
        catalogue_.store(with_changes(*catalogue_.load(), only));
        if (const auto model = current_.load()) {
            ATTUNE_ASSIGN(auto changed, with_products(*model, only, parts(config_)));
            publish(std::move(changed));
        }
        changes_.push_back(std::move(change));
    }
    ask_for_rebind();
    return {};
}

Status ModelHolder::reload_products() {
    const std::uint64_t number = num_wanted();
    const Status done = rebind(std::nullopt);
    if (done) {
        note_rebind(number);
    } else {
        note_failed_rebind(done.error());
    }
    return done;
}

void ModelHolder::ask_for_rebind() {
    {
        const std::lock_guard lock(wake_mutex_);
        // What failed has its next try already, which takes this one along.
        if (wanted_ == done_) next_try_ = std::chrono::steady_clock::now() + kGatherChanges;
        ++wanted_;
    }
    wake_.notify_all();
}

std::uint64_t ModelHolder::num_wanted() {
    const std::lock_guard lock(wake_mutex_);
    return wanted_;
}

/// @param number  what was wanted before the models were read
void ModelHolder::note_rebind(std::uint64_t number) {
    bool had_failed = false;
    {
        const std::lock_guard lock(wake_mutex_);
        done_ = std::max(done_, number);
        had_failed = pause_.count() > 0;
        pause_ = std::chrono::milliseconds(0);
        next_try_ = std::chrono::steady_clock::now() + kGatherChanges;
    }
    wake_.notify_all();
    if (had_failed) alert("changed products are in the models now");
}

void ModelHolder::note_failed_rebind(const Error& error) {
    bool is_first = false;
    {
        const std::lock_guard lock(wake_mutex_);
        is_first = pause_.count() == 0;
        pause_ = is_first ? kFirstPause : std::min(2 * pause_, kLongestPause);
        next_try_ = std::chrono::steady_clock::now() + pause_;
        if (wanted_ == done_) ++wanted_;
    }
    wake_.notify_all();
    if (is_first) {
        alert(fmt::format("changed products are not in the models yet: {}; it is tried again",
                          error.message));
    }
}

void ModelHolder::wait_for_rebind() {
    std::unique_lock lock(wake_mutex_);
    const std::uint64_t number = wanted_;
    wake_.wait(lock, [&] { return done_ >= number || stopping_; });
}

void ModelHolder::work() {
    auto next_look = std::chrono::steady_clock::now();
    std::unique_lock lock(wake_mutex_);
    while (!stopping_) {
        const auto now = std::chrono::steady_clock::now();
        if (wanted_ > done_ && now >= next_try_) {
            lock.unlock();
            // It has said what there is to say.
            (void)reload_products();
            lock.lock();
        } else if (now >= next_look) {
            next_look = now + kBetweenLooks;
            lock.unlock();
            look_at_revision();
            lock.lock();
        } else {
            wake_.wait_until(lock, wanted_ > done_ ? std::min(next_try_, next_look) : next_look);
        }
    }
}

ModelVersion ModelHolder::describe(const std::string& version) const {
    ModelVersion described;
    described.version = version;
    described.active = version == active_version();
    auto summary = read_snapshot_summary(options_.folder, version);
    if (!summary) {
        described.damage = summary.error().message;
        return described;
    }
    described.trained_at = summary->trained_at;
    described.as_of = summary->as_of;
    described.size_bytes = summary->size_bytes;
    described.models = std::move(summary->models);
    described.blend = std::move(summary->blend);
    described.cold_blend = std::move(summary->cold_blend);
    described.report = std::move(summary->report);
    return described;
}

std::vector<ModelVersion> ModelHolder::list() const {
    std::vector<ModelVersion> versions;
    for (const std::string& version : list_snapshots(options_.folder)) {
        versions.push_back(describe(version));
    }
    return versions;
}

Result<ModelVersion> ModelHolder::get(const std::string& version) const {
    const std::vector<std::string> versions = list_snapshots(options_.folder);
    if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
        return fail(ErrorCode::kNotFound, "there is no model {}", version.substr(0, 64));
    }
    return describe(version);
}

Status ModelHolder::remove(const std::string& version) {
    const std::lock_guard turn(rebind_turn_);
    if (version == active_version()) {
        return fail(ErrorCode::kConflict, "model {} serves; activate another one first", version);
    }
    return remove_snapshot(options_.folder, version);
}

}  // namespace attune
