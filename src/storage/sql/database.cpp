#include "storage/sql/database.hpp"

namespace attune {

class SqlDatabase::Lease {
 public:
    explicit Lease(SqlDatabase& database) : database_(database) {
        std::unique_lock lock(database.mutex_);
        database.freed_.wait(lock, [&] { return !database.free_readers_.empty(); });
        session_ = std::move(database.free_readers_.back());
        database.free_readers_.pop_back();
    }
    ~Lease() {
        {
            const std::lock_guard lock(database_.mutex_);
            database_.free_readers_.push_back(std::move(session_));
        }
        database_.freed_.notify_one();
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    SqlSession* operator->() { return session_.get(); }

 private:
    SqlDatabase& database_;
    std::unique_ptr<SqlSession> session_;
};

SqlDatabase::SqlDatabase(std::unique_ptr<SqlSession> writer,
                         std::vector<std::unique_ptr<SqlSession>> readers, BackUp back_up,
                         const DatabaseOptions& options)
    : free_readers_(std::move(readers)), back_up_(std::move(back_up)) {
    if (writer == nullptr) return;
    writes_ = std::make_unique<WriteQueue>(std::move(writer), options.max_waiting_writes);
}

Status SqlDatabase::read(const std::function<Status(Stores&)>& work) {
    return Lease(*this)->read(work);
}

Status SqlDatabase::write(const std::function<Status(Stores&)>& work) {
    if (writes_ == nullptr) {
        return fail(ErrorCode::kForbidden, "the database was opened to be read only");
    }
    return writes_->run(work);
}

Result<std::uint64_t> SqlDatabase::revision() {
    return Lease(*this)->revision();
}

Status SqlDatabase::backup(const std::filesystem::path& path, Progress& progress) {
    return back_up_(path, progress);
}

}  // namespace attune
