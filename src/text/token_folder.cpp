#include "text/token_folder.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "core/assert.hpp"

namespace attune {
namespace {

// Words follow Zipf's law: a small memory catches most of a text.
constexpr std::size_t kMaxSeen = 16'384;

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

icu::UnicodeString fold_unicode(const icu::UnicodeString& word, bool turkic) {
    UErrorCode error = U_ZERO_ERROR;
    if (!turkic) {
        return icu::Normalizer2::getNFKCCasefoldInstance(error)->normalize(word, error);
    }
    const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
    ATTUNE_ASSERT(U_SUCCESS(error));
    icu::UnicodeString folded = nfkc->normalize(word, error);
    folded.foldCase(U_FOLD_CASE_EXCLUDE_SPECIAL_I);
    return nfkc->normalize(folded, error);
}

}  // namespace

std::string fold_word(std::string_view word, bool turkic) {
    std::string folded;
    if (is_ascii(word) && !(turkic && word.find('I') != std::string_view::npos)) {
        folded.assign(word);
        for (char& c : folded) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        return folded;
    }
    icu::UnicodeString unicode = fold_unicode(
        icu::UnicodeString::fromUTF8(icu::StringPiece(word.data(), static_cast<int>(word.size()))),
        turkic);
    constexpr char16_t kTypographicApostrophe = 0x2019;
    unicode.findAndReplace(icu::UnicodeString(kTypographicApostrophe), icu::UnicodeString(u'\''));
    unicode.toUTF8String(folded);
    return folded;
}

const std::string& TokenFolder::term(std::string_view word) {
    if (const auto found = seen_.find(word); found != seen_.end()) return found->second;
    std::string folded = fold_word(word, turkic_);
    if (stop_words_->contains(folded)) {
        folded.clear();
    } else if (stemmer_ && !folded.empty()) {
        folded = std::string(stemmer_->stem(folded));
    }
    if (seen_.size() >= kMaxSeen) seen_.clear();
    return seen_.emplace(std::string(word), std::move(folded)).first->second;
}

}  // namespace attune
