#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"

namespace attune {

struct TokenizerOptions {
    std::string language = "en";  ///< ISO 639-1: word breaks, case (Turkish, Azeri), stemming
    bool stem = true;             ///< Snowball; false for languages without a stemmer
    bool keep_numbers = false;    ///< tokens of digits alone, such as "4.5"
    bool keep_emoji = false;
    std::size_t max_code_points = 40;  ///< longer tokens are no words and are dropped; >= 1
    /// Dropped words, in any case; none: the English ones when the language is "en".
    std::optional<std::vector<std::string>> stop_words{};

    friend bool operator==(const TokenizerOptions&, const TokenizerOptions&) = default;
};

void save(const TokenizerOptions& options, BinaryWriter& writer);
/// Damage shows in the reader's status.
TokenizerOptions load_tokenizer_options(BinaryReader& reader);

/// One word of a text.
struct Token {
    std::string_view word;  ///< as written; part of the text given
    std::string_view term;  ///< folded and stemmed; valid only while it is visited
};

/// Cuts text of any script into terms: UAX #29 words (ICU, with dictionaries for Chinese, Japanese
/// and Thai), NFKC and case folding, stop words, Snowball stems. Punctuation is dropped; bytes that
/// are no UTF-8 read as U+FFFD and end a word.
///
/// @threads  every member may be called from many threads at once
/// @cost     O(text); see the benchmark figures in README.md
class Tokenizer {
 public:
    /// @errors kInvalidArgument: no stemmer for the language, or max_code_points == 0;
    ///         kInternal: ICU lacks its data
    static Result<Tokenizer> create(TokenizerOptions options);

    Tokenizer(Tokenizer&&) noexcept;
    Tokenizer& operator=(Tokenizer&&) noexcept;
    ~Tokenizer();

    /// Calls `visit` with each token, in the order of the text. What stands behind the first
    /// kMaxTextBytes is not read.
    void for_each(std::string_view text, const std::function<void(const Token&)>& visit) const;

    [[nodiscard]] std::vector<std::string> terms(std::string_view text) const;

    [[nodiscard]] const TokenizerOptions& options() const;

    static constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;

 private:
    struct Shared;
    explicit Tokenizer(std::unique_ptr<Shared> shared);

    std::unique_ptr<Shared> shared_;
};

}  // namespace attune
