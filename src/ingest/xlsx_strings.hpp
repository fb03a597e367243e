#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/zip_archive.hpp"

namespace attune {

/// Texts kept one after another in blocks that never move.
class StringTable {
 public:
    /// @return false when it would hold more than `max_bytes`, its own bookkeeping counted
    bool add(std::string_view text, std::size_t max_bytes);

    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    /// @pre index < size()
    [[nodiscard]] std::string_view operator[](std::size_t index) const { return texts_[index]; }

 private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::size_t block_rest_ = 0;
    char* next_ = nullptr;
    std::size_t num_bytes_ = 0;
    std::vector<std::string_view> texts_;
};

/// Reads the texts that cells refer to by number. The runs of rich text are joined, phonetic
/// guides left out. An empty table when `part` is "" or is not there.
/// @errors kCorrupt; kLimitExceeded: max_shared_string_bytes, or max_cell_bytes of one text
Result<StringTable> read_shared_strings(ZipArchive& archive, const std::string& part,
                                        const ReaderLimits& limits);

/// Replaces the escapes "_x000D_" of ECMA-376 (22.9.2.19, ST_Xstring) in place. An escaped NUL, or
/// half of a surrogate pair, becomes U+FFFD.
void decode_excel_escapes(std::string& text);

inline constexpr std::size_t kMaxExcelText = 32767;  ///< UTF-16 units a cell holds

/// Cuts `text` between characters into pieces that each fit into a cell of Excel, escaped; one
/// when it fits as a whole.
std::vector<std::string_view> split_excel_text(std::string_view text);

/// `text` with what reads like such an escape escaped itself, so that decoding gives it back.
std::string encode_excel_escapes(std::string_view text);

}  // namespace attune
