#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "domain/customer.hpp"
#include "domain/event.hpp"
#include "domain/product.hpp"
#include "domain/records.hpp"
#include "storage/access_stores.hpp"
#include "storage/decision_store.hpp"
#include "storage/job_store.hpp"
#include "storage/listing.hpp"
#include "storage/service_stores.hpp"

/// The ports to the store, one small interface per aggregate. A back end implements them all and
/// passes tests/contract/. No SQL type appears here.
///
/// `put` and `append` check every record before they store the first: kInvalidArgument (not valid,
/// or not to be read back) and kNotFound leave nothing of the call behind. All of them refuse with
/// kForbidden within a read.
namespace attune {

/// What `put` did.
struct PutCounts {
    std::size_t added = 0;
    std::size_t changed = 0;    ///< existed with another content
    std::size_t unchanged = 0;  ///< existed just so

    PutCounts& operator+=(const PutCounts& other);
    friend bool operator==(const PutCounts&, const PutCounts&) = default;
};

class CustomerStore {
 public:
    virtual ~CustomerStore() = default;
    virtual Result<PutCounts> put(std::span<const Customer> customers) = 0;
    /// @errors kNotFound
    virtual Result<Customer> get(std::string_view id) = 0;
    /// Whether there is one; cheaper than `get`.
    virtual Result<bool> contains(std::string_view id) = 0;
    virtual Result<std::vector<Customer>> list(const Page& page) = 0;
    /// @errors kInvalidArgument: `after` is no place in such a listing
    /// @cost  without text and location in proportion to the page; else all customers are looked at
    virtual Result<SortedPage<Customer>> find(const CustomerQuery& query) = 0;
    /// How many customers all pages of the query have; its cursor and limit have no meaning here.
    /// @cost  looks at all customers
    virtual Result<std::size_t> count(const CustomerQuery& query) = 0;
    virtual Result<std::size_t> count() = 0;
    /// Removes the customer with all that refers to them, decisions too. @errors kNotFound
    virtual Status remove(std::string_view id) = 0;
};

class ProductStore {
 public:
    virtual ~ProductStore() = default;
    virtual Result<PutCounts> put(std::span<const Product> products) = 0;
    /// @errors kNotFound
    virtual Result<Product> get(std::string_view id) = 0;
    /// Whether there is one; cheaper than `get`.
    virtual Result<bool> contains(std::string_view id) = 0;
    virtual Result<std::vector<Product>> list(const Page& page) = 0;
    /// @errors kInvalidArgument: `after` is no place in such a listing
    virtual Result<SortedPage<Product>> find(const ProductQuery& query) = 0;
    /// How many products all pages of the query have; its cursor and limit have no meaning here.
    virtual Result<std::size_t> count(const ProductQuery& query) = 0;
    virtual Result<std::size_t> count() = 0;
    /// By value, the empty one left out.
    virtual Result<std::vector<ProductFacet>> categories() = 0;
    virtual Result<std::vector<ProductFacet>> brands() = 0;
    /// @errors kNotFound; kConflict: events refer to it
    /// @cost  looks at all events when none refers to it
    virtual Status remove(std::string_view id) = 0;
};

struct EventFilter {
    std::optional<std::string> customer_id{};
    std::optional<Timestamp> from{};   ///< inclusive
    std::optional<Timestamp> until{};  ///< exclusive
    bool newest_first = false;
    std::size_t limit = 0;  ///< 0: all
};

class EventStore {
 public:
    virtual ~EventStore() = default;
    /// Events with ids that are stored already change nothing and count as unchanged.
    /// @errors kNotFound: a customer or product that does not exist
    virtual Result<PutCounts> append(std::span<const Event> events) = 0;
    /// Calls `visit` for each in order of (customer, time, id) without a customer filter, else of
    /// (time, id), ids by their bytes; `newest_first` turns time and id round, not the customers;
    /// streams in bounded memory; stops at the first error of `visit` and returns it.
    virtual Status for_each(const EventFilter& filter,
                            const std::function<Status(const Event&)>& visit) = 0;
    /// One page of the events of a customer, or of all; in proportion to the page.
    virtual Result<std::vector<Event>> newest(const NewestFirst& page) = 0;
    /// How many decisions were accepted on each day: those that the context of a purchase names
    /// (kDecisionContext). Each counts once, on the day of its newest purchase from the first day
    /// on, and not at all where that comes after the last day.
    /// @cost  O(such purchases from the first day on), whatever other events there are
    virtual Result<std::vector<std::size_t>> accepted_by_day(const DayRange& days) = 0;
    virtual Result<std::size_t> count() = 0;
};

/// The aggregates that are kept and listed by customer and change only by adding: transactions,
/// posts, household relations, consents. A transaction or post that comes again with another
/// content is a correction and replaces it; of relations and consents every field belongs to the
/// key, so that none is ever replaced.
template <typename Record>
class RecordStore {
 public:
    virtual ~RecordStore() = default;
    /// @errors kNotFound: a customer (of relations: also the related one) that does not exist
    virtual Result<PutCounts> put(std::span<const Record> records) = 0;
    /// The customer of the transaction or post of that id; none: there is none. Relations and
    /// consents have no ids.
    virtual Result<std::optional<std::string>> customer_of(std::string_view id) = 0;
    /// Ascending by time (by related id for relations); of two consents of one instant the refusal
    /// comes last. Empty for a customer that does not exist.
    virtual Result<std::vector<Record>> of_customer(std::string_view customer_id) = 0;
    /// Streams all, in order of (customer, time or related id).
    virtual Status for_each(const std::function<Status(const Record&)>& visit) = 0;
    virtual Result<std::size_t> count() = 0;
};

using TransactionStore = RecordStore<Transaction>;
using PostStore = RecordStore<Post>;
using HouseholdStore = RecordStore<HouseholdRelation>;
using ConsentStore = RecordStore<Consent>;

/// All stores within one transaction (writes) or one snapshot (reads).
class Stores {
 public:
    virtual ~Stores() = default;
    virtual CustomerStore& customers() = 0;
    virtual ProductStore& products() = 0;
    virtual EventStore& events() = 0;
    virtual TransactionStore& transactions() = 0;
    virtual PostStore& posts() = 0;
    virtual HouseholdStore& households() = 0;
    virtual ConsentStore& consents() = 0;

    virtual AccountStore& accounts() = 0;
    virtual ApiKeyStore& api_keys() = 0;
    virtual RefreshTokenStore& refresh_tokens() = 0;
    virtual SecretStore& secrets() = 0;
    virtual DecisionStore& decisions() = 0;
    virtual IdempotencyStore& idempotency() = 0;
    virtual JobStore& jobs() = 0;
    virtual SettingStore& settings() = 0;
};

/// A database.
///
/// @threads  `read` and `write` may be called from many threads; writes are done by one writer,
///           which commits those that wait together as one group
class Database {
 public:
    virtual ~Database() = default;

    /// Runs `work` on one consistent snapshot. Do not write in it. A read within a read takes a
    /// second session of `num_read_sessions`, and waits for it.
    virtual Status read(const std::function<Status(Stores&)>& work) = 0;

    /// Runs `work` in a transaction of its own (a savepoint within the group's). Returns when it is
    /// durable; when `work` fails or throws, nothing of it remains and its error is returned, and
    /// the other writes of the group are not touched. `work` runs on the writer's thread; a write
    /// within it is refused (kInternal).
    /// @errors those of `work`; kUnavailable: too many writes wait, the disk is full, or another
    ///         process holds the lock
    virtual Status write(const std::function<Status(Stores&)>& work) = 0;

    /// Grows with every committed write that changed something: tells whether a model trained on
    /// this database is up to date.
    virtual Result<std::uint64_t> revision() = 0;

    /// Writes a copy of the database as it is at one instant to a new file, while reads and writes
    /// go on. The copy appears under its name when it is whole and on the disk; only its owner may
    /// read it.
    /// @errors kConflict: `path` exists; kCancelled; kUnavailable: the disk is full; those of
    ///         check_can_be_written
    virtual Status backup(const std::filesystem::path& path, Progress& progress) = 0;
};

enum class DatabaseAccess {
    kReadWrite,
    /// For programs that only read: takes no right to write, neither to the file nor to its folder,
    /// and leaves nothing behind. `write` refuses with kForbidden.
    kReadOnly,
};

struct DatabaseOptions {
    std::size_t num_read_sessions = 4;
    std::size_t max_waiting_writes = 10'000;  ///< more are refused with kUnavailable
    int busy_timeout_ms = 5'000;
    DatabaseAccess access = DatabaseAccess::kReadWrite;
};

/// Opens the database at `url`, migrating it when needed, and making it unless it is only read.
/// "sqlite:PATH"; PATH may be relative; "sqlite::memory:" is refused, for its sessions would not
/// share it.
/// @errors kInvalidArgument: a malformed url or an unknown back end; kNewerFormat: made by a newer
///         version, left untouched; kCorrupt: not a database, or damaged; kNotFound: a missing
///         folder, or a missing file that was to be read; kForbidden: rights; kNotAFile: a folder;
///         kUnavailable: another process holds the lock
Result<std::unique_ptr<Database>> open_database(const std::string& url,
                                                const DatabaseOptions& options = {});

/// What `check_backup` found.
struct BackupCheck {
    int schema_version = 0;
    std::uint64_t revision = 0;
    std::size_t num_customers = 0;
    std::size_t num_products = 0;
    std::size_t num_events = 0;
};

/// Whether a file that `Database::backup` wrote can take the place of a database: looked at in
/// full, without writing to it.
/// @errors kNotFound, kForbidden; kCorrupt: not one of Attune's databases, or damaged, and where;
///         kNewerFormat: made by a newer version
/// @cost   reads the whole file
Result<BackupCheck> check_backup(const std::filesystem::path& path);

}  // namespace attune
