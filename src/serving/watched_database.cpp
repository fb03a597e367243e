#include "serving/watched_database.hpp"

namespace attune {

WatchedDatabase::WatchedDatabase(std::unique_ptr<Database> real, const Options& options)
    : real_(std::move(real)), options_(options) {}

WatchedDatabase::~WatchedDatabase() {
    stop();
}

void WatchedDatabase::start(std::function<void(const std::string&)> tell) {
    tell_ = std::move(tell);
    thread_ = std::thread([this] { watch(); });
}

void WatchedDatabase::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::optional<Error> WatchedDatabase::refusal() const {
    const std::lock_guard lock(mutex_);
    return refusal_;
}

std::optional<Error> WatchedDatabase::read_failure() const {
    const std::lock_guard lock(mutex_);
    return read_failure_;
}

Status WatchedDatabase::read(const std::function<Status(Stores&)>& work) {
    Status status = real_->read(work);
    if (!status && status.error().code == ErrorCode::kUnavailable) {
        note_read_failure(status.error());
    }
    return status;
}

Status WatchedDatabase::write(const std::function<Status(Stores&)>& work) {
    Status status = real_->write(work);
    if (!status && status.error().code == ErrorCode::kUnavailable) note_refusal(status.error());
    return status;
}

void WatchedDatabase::note_refusal(const Error& error) {
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        is_first = !refusal_;
        refusal_ = error;
    }
    if (is_first) wake_.notify_all();
}

void WatchedDatabase::note_read_failure(const Error& error) {
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        is_first = !read_failure_;
        read_failure_ = error;
    }
    if (is_first) wake_.notify_all();
}

void WatchedDatabase::watch() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (refusal_ && !told_) {
            told_ = true;
            const std::string message = refusal_->message;
            lock.unlock();
            tell_("the store takes no writes: " + message);
            lock.lock();
        }
        const bool failed = refusal_ || read_failure_;
        const auto changed = [&] {
            return stopping_ || (refusal_ && !told_) || (read_failure_ && !failed);
        };
        const auto time = failed ? options_.retry_every : options_.check_every;
        if (wake_.wait_for(lock, time, changed)) continue;
        lock.unlock();
        try_a_read();
        try_a_write();
        lock.lock();
    }
}

void WatchedDatabase::try_a_read() {
    const Status tried = real_->read([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.customers().contains("-"));
        return {};
    });
    if (!tried) return note_read_failure(tried.error());
    const std::lock_guard lock(mutex_);
    read_failure_.reset();
}

void WatchedDatabase::try_a_write() {
    ++num_tries_;
    const Status tried = real_->write([&](Stores& stores) {
        return stores.secrets().put("write_check", std::to_string(num_tries_));
    });
    if (!tried) return note_refusal(tried.error());
    bool was_refused = false;
    {
        const std::lock_guard lock(mutex_);
        was_refused = told_;
        refusal_.reset();
        told_ = false;
    }
    if (was_refused) tell_("the store takes writes again");
}

}  // namespace attune
