#include "serving/retention.hpp"

#include "serving/setting_values.hpp"

namespace attune {

RetentionSweep::RetentionSweep(std::vector<RetentionRule> rules, const Clock& clock,
                               const RetentionOptions& options,
                               std::function<void(const std::string&)> log)
    : rules_(std::move(rules)),
      clock_(clock),
      options_(options),
      log_(std::move(log)),
      num_removed_(std::make_unique<std::atomic<std::uint64_t>[]>(rules_.size())) {}

RetentionSweep::~RetentionSweep() {
    stop();
}

void RetentionSweep::start() {
    thread_ = std::thread([this] { work(); });
}

void RetentionSweep::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

/// Whether to go on after that time.
bool RetentionSweep::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, time, [&] { return stopping_; });
}

void RetentionSweep::work() {
    do {
        sweep();
    } while (wait(options_.interval));
}

void RetentionSweep::sweep() {
    for (std::size_t i = 0; i < rules_.size(); ++i) apply(i);
}

std::uint64_t RetentionSweep::num_removed(std::string_view rule_name) const {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        if (rules_[i].name == rule_name) return num_removed_[i].load();
    }
    return 0;
}

void RetentionSweep::apply(std::size_t rule_index) {
    const RetentionRule& rule = rules_[rule_index];
    if (rule.keep.count() == 0) return;
    const Timestamp oldest_kept{clock_.now().ms - std::chrono::milliseconds(rule.keep).count()};
    std::uint64_t total = 0;
    for (;;) {
        const auto removed = rule.purge(oldest_kept, options_.per_write);
        if (!removed) {
            log_(fmt::format("retention: {} of before {} cannot be removed now: {}", rule.name,
                             format_timestamp(oldest_kept), removed.error().message));
            break;
        }
        total += *removed;
        num_removed_[rule_index].fetch_add(*removed);
        if (*removed < options_.per_write || !wait(options_.pause)) break;
    }
    if (total > 0) {
        log_(fmt::format("retention: removed {} {} of before {}", total, rule.name,
                         format_timestamp(oldest_kept)));
    }
}

std::vector<RetentionRule> store_retention_rules(Database& database, const Config& config) {
    const auto in_one_write = [&database](auto purge) {
        return [&database, purge](Timestamp time, std::size_t limit) -> Result<std::size_t> {
            std::size_t num_removed = 0;
            ATTUNE_TRY(database.write([&](Stores& stores) -> Status {
                ATTUNE_ASSIGN(num_removed, purge(stores, time, limit));
                return {};
            }));
            return num_removed;
        };
    };
    return {{"idempotency_answers", std::chrono::hours(config.integer("http.idempotency_h")),
             in_one_write([](Stores& stores, Timestamp time, std::size_t limit) {
                 return stores.idempotency().purge(time, limit);
             })},
            {"decisions", std::chrono::days(config.integer("retention.decisions_days")),
             in_one_write([](Stores& stores, Timestamp time, std::size_t limit) {
                 return stores.decisions().purge(time, limit);
             })}};
}

RetentionRule uploads_retention_rule(const std::filesystem::path& folder, const Config& config) {
    const auto purge = [folder](Timestamp time, std::size_t limit) -> Result<std::size_t> {
        namespace fs = std::filesystem;
        std::size_t num_removed = 0;
        std::error_code error;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            if (num_removed == limit) break;
            std::error_code gone;
            const auto written = std::chrono::file_clock::to_sys(entry->last_write_time(gone));
            if (gone || Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(
                                      written.time_since_epoch())
                                      .count()} >= time) {
                continue;
            }
            if (fs::remove(entry->path(), gone)) ++num_removed;
        }
        if (error) {
            return fail(ErrorCode::kUnavailable, "{}: cannot be listed: {}", folder.string(),
                        error.message());
        }
        return num_removed;
    };
    return {"uploads", std::chrono::hours(config.integer("retention.uploads_h")), purge};
}

RetentionOptions retention_options(const Config& config) {
    RetentionOptions options;
    options.interval = std::chrono::seconds(config.integer("retention.sweep_s"));
    options.per_write = size_of(config, "retention.records_per_write");
    return options;
}

}  // namespace attune
