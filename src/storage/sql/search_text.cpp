#include "storage/sql/search_text.hpp"

#include <fmt/core.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "core/assert.hpp"

namespace attune {
namespace {

constexpr std::size_t kMaxWords = 8;

std::string fold_unicode(std::string_view text) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* casefold = icu::Normalizer2::getNFKCCasefoldInstance(error);
    const icu::Normalizer2* decompose = icu::Normalizer2::getNFDInstance(error);
    ATTUNE_ASSERT(U_SUCCESS(error));
    const icu::UnicodeString decomposed =
        decompose->normalize(casefold->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(
                                                     text.data(), static_cast<int>(text.size()))),
                                                 error),
                             error);
    icu::UnicodeString kept;
    for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
        const UChar32 letter = decomposed.char32At(i);
        if (u_charType(letter) != U_NON_SPACING_MARK) kept.append(letter);
    }
    std::string folded;
    kept.toUTF8String(folded);
    return folded;
}

}  // namespace

std::string fold_for_search(std::string_view text) {
    const bool ascii = std::all_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii) return fold_unicode(text);
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

std::vector<std::string> search_words(std::string_view text) {
    const std::string folded = fold_for_search(text);
    std::vector<std::string> words;
    std::size_t start = 0;
    while (words.size() < kMaxWords) {
        start = folded.find_first_not_of(" \t\r\n", start);
        if (start == std::string::npos) break;
        const std::size_t end = std::min(folded.find_first_of(" \t\r\n", start), folded.size());
        words.push_back(folded.substr(start, end - start));
        start = end;
    }
    return words;
}

CustomerKeys listing_keys(const Customer& customer) {
    CustomerKeys keys{.name = fold_for_search(customer.name),
                      .location = fold_for_search(customer.location),
                      .age = customer.age.value_or(-1),
                      .search_text = {}};
    keys.search_text =
        fmt::format("{}\n{}\n{}", fold_for_search(customer.id), keys.name, keys.location);
    return keys;
}

ProductKeys listing_keys(const Product& product) {
    ProductKeys keys{.name = fold_for_search(product.name), .search_text = {}};
    keys.search_text =
        fmt::format("{}\n{}\n{}\n{}", fold_for_search(product.id), keys.name,
                    fold_for_search(product.category), fold_for_search(product.brand));
    return keys;
}

}  // namespace attune
