#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct sb_stemmer;

namespace attune {

/// Cuts inflections off words, so that "investing" and "investments" meet at "invest".
///
/// @threads  one thread at a time
/// @source   Snowball, Porter 2001, by libstemmer
class Stemmer {
 public:
    /// @param language  ISO 639-1 code or Snowball's English name of the language: "en", "german"
    /// @errors kInvalidArgument: no stemmer for the language; names those that there are
    static Result<Stemmer> create(const std::string& language);

    /// @param word  lower-case UTF-8
    /// @lifetime    the result is valid until the next call
    [[nodiscard]] std::string_view stem(std::string_view word);

 private:
    struct Delete {
        void operator()(sb_stemmer* stemmer) const;
    };
    explicit Stemmer(sb_stemmer* stemmer) : stemmer_(stemmer) {}

    std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

}  // namespace attune
