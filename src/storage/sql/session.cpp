#include "storage/sql/session.hpp"

namespace attune {

StoresSql::StoresSql(SqlContext& context)
    : customer_keys_(context, "SELECT customer_key FROM customers WHERE id = :id", "customer"),
      product_keys_(context, "SELECT product_key FROM products WHERE id = :id", "product"),
      customers_(context, {customer_keys_, product_keys_}),
      products_(context, {customer_keys_, product_keys_}),
      events_(context, {customer_keys_, product_keys_}),
      transactions_(context, {customer_keys_, product_keys_}),
      posts_(context, {customer_keys_, product_keys_}),
      households_(context, {customer_keys_, product_keys_}),
      consents_(context, {customer_keys_, product_keys_}),
      accounts_(context, {customer_keys_, product_keys_}),
      api_keys_(context),
      refresh_tokens_(context),
      secrets_(context),
      decisions_(context),
      idempotency_(context),
      jobs_(context),
      settings_(context) {}

void StoresSql::forget_keys() {
    customer_keys_.forget();
    product_keys_.forget();
}

SqlSession::SqlSession(std::unique_ptr<soci::session> session, const SqlDialect& dialect,
                       SessionMode mode)
    : session_(std::move(session)),
      dialect_(dialect),
      context_{.session = *session_,
               .name = dialect.name,
               .translate = dialect.translate,
               .writable = mode == SessionMode::kWrite},
      stores_(std::make_unique<StoresSql>(context_)) {}

Status SqlSession::command(const std::string& sql) {
    return guarded(context_, [&]() -> Status {
        auto found = commands_.find(sql);
        if (found == commands_.end()) {
            found = commands_.emplace(sql, prepare(*session_, sql)).first;
        }
        found->second.execute(true);
        return {};
    });
}

void SqlSession::renew_if_broken() {
    if (!context_.broken) return;
    commands_.clear();
    stores_ = std::make_unique<StoresSql>(context_);
    context_.broken.reset();
}

Status SqlSession::call(const Work& work) {
    try {
        Status status = work(*stores_);
        if (status && context_.broken) return fail(*context_.broken);
        return status;
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInternal, "{}: the work on the database threw: {}", context_.name,
                    error.what());
    } catch (...) {
        return fail(ErrorCode::kInternal, "{}: the work on the database threw", context_.name);
    }
}

Status SqlSession::read(const Work& work) {
    renew_if_broken();
    ATTUNE_TRY(command(dialect_.begin_read));
    Status status;
    // The snapshot is that of the first query, not of BEGIN.
    if (const auto pinned = revision(); !pinned) status = fail(pinned.error());
    if (status) status = call(work);
    renew_if_broken();
    const Status ended = command("ROLLBACK");
    // Where the database has ended the transaction itself there is none to end.
    if (!ended) renew_if_broken();
    if (dialect_.confirm_read) ATTUNE_TRY(dialect_.confirm_read());
    return status;
}

Result<std::uint64_t> SqlSession::revision() {
    renew_if_broken();
    return guarded(context_, [&]() -> Result<std::uint64_t> {
        long long revision = 0;
        soci::statement statement =
            prepare(*session_, "SELECT revision FROM database_state", soci::into(revision));
        if (!fetch_one(statement)) {
            return fail(ErrorCode::kCorrupt, "{}: the revision is missing", context_.name);
        }
        return static_cast<std::uint64_t>(revision);
    });
}

Status SqlSession::begin_group() {
    renew_if_broken();
    num_changing_jobs_ = 0;
    group_error_.reset();
    return command(dialect_.begin_write);
}

Status SqlSession::run_job(const Work& work) {
    stores_->forget_keys();
    context_.num_changes = 0;
    Status status = command("SAVEPOINT job");
    if (status) status = call(work);
    if (status) status = command("RELEASE SAVEPOINT job");
    if (!status) {
        undo_job(status.error());
    } else if (context_.num_changes > 0) {
        ++num_changing_jobs_;
    }
    return status;
}

void SqlSession::undo_job(const Error& cause) {
    renew_if_broken();
    stores_->forget_keys();
    if (command("ROLLBACK TO SAVEPOINT job") && command("RELEASE SAVEPOINT job")) return;
    group_error_ = Error{ErrorCode::kUnavailable,
                         fmt::format("undone together with another write: {}", cause.message)};
    undo_group();
}

void SqlSession::undo_group() {
    renew_if_broken();
    // Fails where the database has undone the transaction itself, which is as good.
    const Status undone = command("ROLLBACK");
    if (!undone) renew_if_broken();
}

Status SqlSession::add_to_revision() {
    return guarded(context_, [&]() -> Status {
        const auto added = static_cast<long long>(num_changing_jobs_);
        soci::statement statement =
            prepare(*session_, "UPDATE database_state SET revision = revision + :added",
                    soci::use(added, "added"));
        statement.execute(true);
        return {};
    });
}

Status SqlSession::commit_group() {
    Status status;
    if (num_changing_jobs_ > 0) status = add_to_revision();
    if (status) status = command("COMMIT");
    if (!status) undo_group();
    return status;
}

}  // namespace attune
