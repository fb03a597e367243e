#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "math/aligned.hpp"
#include "math/factor_rows.hpp"

namespace attune::sgd {

/// Asks for the memory of a row before it is needed.
inline void prefetch_row(const float* row, std::size_t size) {
    for (std::size_t at = 0; at < size; at += FactorRows::kMultiple) {
        __builtin_prefetch(row + at, 1);
    }
}

/// Rows of factors, filled up as those of FactorRows, that many threads read and write at once.
///
/// `load` and `store` copy in words of two floats that are each read and written whole, in no
/// order. A row that is read while another thread writes it is a mix of both, which lock-free
/// descent bears.
///
/// @source Niu, Recht, Re, Wright, "Hogwild!", NeurIPS 2011
class SharedRows {
 public:
    SharedRows(std::size_t num_rows, std::size_t num_factors)
        : row_words_(FactorRows::filled_up(num_factors) / 2), words_(num_rows * row_words_) {}

    [[nodiscard]] std::size_t row_size() const { return 2 * row_words_; }

    void load(std::size_t row, float* local) const {
        // atomic_ref of const objects comes with C++26.
        auto* const words = const_cast<std::uint64_t*>(words_.data() + row * row_words_);
        for (std::size_t w = 0; w < row_words_; ++w) {
            const std::uint64_t value =
                std::atomic_ref<std::uint64_t>(words[w]).load(std::memory_order_relaxed);
            std::memcpy(local + 2 * w, &value, sizeof(value));
        }
    }

    void store(std::size_t row, const float* local) {
        std::uint64_t* const words = words_.data() + row * row_words_;
        const std::size_t size = row_words_;
        for (std::size_t w = 0; w < size; ++w) {
            std::uint64_t value = 0;
            std::memcpy(&value, local + 2 * w, sizeof(value));
            std::atomic_ref<std::uint64_t>(words[w]).store(value, std::memory_order_relaxed);
        }
    }

    void prefetch(std::size_t row) const {
        constexpr std::size_t kWordsPerLine = FactorRows::kMultiple / 2;
        const std::uint64_t* const words = words_.data() + row * row_words_;
        for (std::size_t w = 0; w < row_words_; w += kWordsPerLine)
            __builtin_prefetch(words + w, 1);
    }

 private:
    std::size_t row_words_;
    AlignedVector<std::uint64_t> words_;
};

/// One number that many threads read and write.
inline float load_shared(const float& value) {
    return std::atomic_ref<float>(const_cast<float&>(value)).load(std::memory_order_relaxed);
}
inline void store_shared(float& value, float changed) {
    std::atomic_ref<float>(value).store(changed, std::memory_order_relaxed);
}

}  // namespace attune::sgd
