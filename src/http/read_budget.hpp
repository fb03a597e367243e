#pragma once

#include <atomic>
#include <cstdint>
#include <restinio/asio_include.hpp>
#include <utility>

namespace attune {

/// Bytes of requests that are being read, over all connections of an io_context, of which it is a
/// service: RESTinio makes its sockets itself and hands them nothing else.
class ReadBudget : public asio::execution_context::service {
 public:
    using key_type = ReadBudget;
    static inline asio::execution_context::id id;

    explicit ReadBudget(asio::execution_context& context) : service(context) {}

    void set_max_bytes(std::uint64_t max_bytes) { max_bytes_ = max_bytes; }

    /// False, and nothing taken, when there is not as much left.
    bool take(std::uint64_t bytes) {
        const std::uint64_t before = taken_.fetch_add(bytes, std::memory_order_relaxed);
        if (before + bytes <= max_bytes_) return true;
        give_back(bytes);
        return false;
    }
    void give_back(std::uint64_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
    void shutdown() override {}

    std::uint64_t max_bytes_ = 0;
    std::atomic<std::uint64_t> taken_{0};
};

/// What one connection took of it; the first bytes of a request are free, so that small requests
/// are read whatever the large ones take.
class ReadAllowance {
 public:
    static constexpr std::uint64_t kFreeBytes = 64 << 10;

    explicit ReadAllowance(ReadBudget& budget) : budget_(&budget) {}
    ReadAllowance(ReadAllowance&& other) noexcept
        : budget_(other.budget_),
          read_(std::exchange(other.read_, 0)),
          taken_(std::exchange(other.taken_, 0)) {}
    ReadAllowance& operator=(ReadAllowance&& other) noexcept {
        release();
        budget_ = other.budget_;
        read_ = std::exchange(other.read_, 0);
        taken_ = std::exchange(other.taken_, 0);
        return *this;
    }
    ~ReadAllowance() { release(); }

    bool add(std::uint64_t bytes) {
        read_ += bytes;
        if (read_ <= kFreeBytes) return true;
        const std::uint64_t more = read_ - kFreeBytes - taken_;
        if (!budget_->take(more)) return false;
        taken_ += more;
        return true;
    }
    /// The request is answered: what it held is free.
    void release() {
        if (taken_ > 0) budget_->give_back(taken_);
        read_ = 0;
        taken_ = 0;
    }

 private:
    ReadBudget* budget_;
    std::uint64_t read_ = 0;
    std::uint64_t taken_ = 0;
};

}  // namespace attune
