#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "serving/customer_record.hpp"
#include "serving/engagement_table.hpp"
#include "serving/product_numbers.hpp"

namespace attune {

/// One durable change of one customer, to be told to CustomerStates.
struct StateChange {
    struct Removal {};
    std::string customer_id;
    /// Of the write that it comes from: CustomerStates::next_sequence within Database::write. Of
    /// two changes of a profile the one of the later write holds, in whatever order they come.
    std::uint64_t sequence = 0;
    std::variant<std::shared_ptr<const Customer>, Removal, EventList, Consent> what;
};

/// A customer as the store has them, read anew.
struct RereadCustomer {
    std::shared_ptr<CustomerRecord> record;  ///< profile null: the store has no such customer
    /// Hashes of the ids of events, ascending, that are not in the record as they were told: left
    /// out, or of another time. What is told of them meanwhile changes nothing.
    std::vector<std::uint64_t> not_as_told;
};

/// What is known of all customers, in memory, by shards.
///
/// Readers get an immutable record and hold no lock while they work with it. The store is the
/// truth: a change is told after it is durable, and `refresh` brings in what was read from the
/// store anew (after an import, at the start) without losing a change that comes meanwhile.
///
/// @threads  every member may be called from many threads
class CustomerStates {
 public:
    struct Options {
        RecordLimits limits;
        EventWeights weights;  ///< of engagement
    };

    explicit CustomerStates(Options options);
    CustomerStates(const CustomerStates&) = delete;
    CustomerStates& operator=(const CustomerStates&) = delete;

    /// The customer; null: there is none.
    [[nodiscard]] std::shared_ptr<const CustomerRecord> find(std::string_view id) const;
    [[nodiscard]] std::size_t num_customers() const;
    [[nodiscard]] std::uint64_t num_events() const;  ///< of all customers, also those left out
    /// Grows with each change of any customer.
    [[nodiscard]] std::uint64_t revision() const { return revision_.load(); }

    /// The order of writes. To be called within Database::write, where only one runs at a time.
    std::uint64_t next_sequence() { return sequence_.fetch_add(1) + 1; }

    enum class Applied {
        kDone,
        /// Changes of the customer overtook each other so that only the store knows what holds:
        /// `refresh` the customer.
        kReread,
    };
    /// Returns once every later `find` sees the change.
    [[nodiscard]] Applied apply(const StateChange& change);

    enum class Extent {
        kNamed,  ///< the customers that were read
        kAll,    ///< all: those that were not read are not there any more
    };
    /// Brings in what `read` reads from a snapshot of the store that it opens itself. Changes that
    /// are applied while it reads are kept. Customers that are just as they were keep their
    /// revision. One refresh at a time; others wait.
    /// @errors those of `read`
    Status refresh(Extent extent, const std::function<Result<std::vector<RereadCustomer>>()>& read);

    ProductNumbers& product_numbers() { return product_numbers_; }
    [[nodiscard]] const ProductNumbers& product_numbers() const { return product_numbers_; }
    [[nodiscard]] const RecordLimits& limits() const { return options_.limits; }
    [[nodiscard]] EventWeights engagement_weights() const;

    /// Engagement of all customers at the reference time, for standing_of.
    [[nodiscard]] std::vector<double> engagement_scores() const { return engagement_.values(); }
    /// Counts engagement by other weights from now on. @cost O(customers)
    void set_engagement_weights(const EventWeights& weights);

 private:
    static constexpr std::size_t kNumShards = 64;
    static constexpr std::size_t kMostTombstones = 1'024;  ///< of a shard

    struct Shard {
        mutable std::shared_mutex mutex;
        std::unordered_map<std::string_view, std::shared_ptr<const CustomerRecord>> records;
        std::unordered_map<std::string, std::uint64_t> removed;  ///< id, sequence of the removal
        std::deque<std::string> removed_order;
        std::vector<StateChange> journal;  ///< of a refresh that is under way
        std::size_t num_customers = 0;
        std::uint64_t num_events = 0;
    };

    /// The changes of each customer, in their order.
    using Journal = std::unordered_map<std::string_view, std::vector<const StateChange*>>;

    [[nodiscard]] Shard& shard_of(std::string_view id);
    [[nodiscard]] const Shard& shard_of(std::string_view id) const;
    Applied apply_in(Shard& shard, const StateChange& change,
                     const std::vector<std::uint64_t>& not_as_told);
    Applied remove_in(Shard& shard, const StateChange& change);
    void put_in(Shard& shard, std::shared_ptr<CustomerRecord> record);
    void erase_in(Shard& shard, std::string_view id);
    static Journal journal_of(const Shard& shard);
    void reread_in(Shard& shard, RereadCustomer reread, const Journal& journal);
    void finish_refresh(Extent extent, std::vector<RereadCustomer> customers);

    Options options_;
    ProductNumbers product_numbers_;
    EngagementTable engagement_;
    mutable std::mutex weights_mutex_;
    std::array<Shard, kNumShards> shards_;
    std::atomic<std::uint64_t> revision_{0};
    std::atomic<std::uint64_t> sequence_{0};
    std::mutex refresh_turn_;
    std::atomic<bool> journaling_{false};
};

}  // namespace attune
