#include "text/tokenizer.hpp"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <mutex>

#include "core/assert.hpp"
#include "text/stop_words.hpp"
#include "text/token_folder.hpp"

namespace attune {
namespace {

/// Text in UTF-16 with the byte each unit stands at, and one more for the end.
struct DecodedText {
    std::u16string units;
    std::vector<std::int32_t> byte_of_unit;
};

void decode(std::string_view text, DecodedText& decoded) {
    decoded.units.clear();
    decoded.byte_of_unit.clear();
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        const std::int32_t start = at;
        UChar32 point = 0;
        U8_NEXT_OR_FFFD(bytes, at, size, point);
        if (U_IS_BMP(point)) {
            decoded.units.push_back(static_cast<char16_t>(point));
        } else {
            decoded.units.push_back(U16_LEAD(point));
            decoded.units.push_back(U16_TRAIL(point));
            decoded.byte_of_unit.push_back(start);
        }
        decoded.byte_of_unit.push_back(start);
    }
    decoded.byte_of_unit.push_back(size);
}

template <typename Predicate>
bool any_code_point(std::u16string_view units, Predicate predicate) {
    const auto size = static_cast<std::int32_t>(units.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 point = 0;
        U16_NEXT(units.data(), at, size, point);
        if (predicate(point)) return true;
    }
    return false;
}

bool has_letter(std::u16string_view units) {
    return any_code_point(units, [](UChar32 point) { return u_isalpha(point) != 0; });
}

bool has_emoji(std::u16string_view units) {
    return any_code_point(units, [](UChar32 point) {
        return u_hasBinaryProperty(point, UCHAR_EMOJI_PRESENTATION) ||
               u_hasBinaryProperty(point, UCHAR_EXTENDED_PICTOGRAPHIC);
    });
}

std::size_t count_code_points(std::u16string_view units) {
    return static_cast<std::size_t>(std::count_if(
        units.begin(), units.end(), [](char16_t unit) { return !U16_IS_TRAIL(unit); }));
}

bool is_kept(std::u16string_view units, std::int32_t rule_status, const TokenizerOptions& options) {
    if (rule_status >= UBRK_WORD_NUMBER_LIMIT) return true;
    // ICU also files "w1" and "p2p" under numbers.
    if (rule_status >= UBRK_WORD_NUMBER) return options.keep_numbers || has_letter(units);
    return options.keep_emoji && has_emoji(units);
}

bool is_turkic(const std::string& language) {
    return language == "tr" || language == "az";
}

struct CloseText {
    void operator()(UText* text) const { utext_close(text); }
};

/// What one call needs and ICU and Snowball do not share between threads.
struct Workspace {
    std::unique_ptr<icu::BreakIterator> breaks;
    TokenFolder folder;
    std::unique_ptr<UText, CloseText> text;
    DecodedText decoded;
};

}  // namespace

struct Tokenizer::Shared {
    TokenizerOptions options;
    TextSet stop_words;  ///< folded
    std::mutex mutex;
    std::vector<std::unique_ptr<Workspace>> idle;

    Result<std::unique_ptr<Workspace>> make_workspace() const {
        UErrorCode error = U_ZERO_ERROR;
        std::unique_ptr<icu::BreakIterator> breaks(
            icu::BreakIterator::createWordInstance(icu::Locale(options.language.c_str()), error));
        if (U_FAILURE(error)) {
            return fail(ErrorCode::kInternal, "no word breaks for language \"{}\": {}",
                        options.language, u_errorName(error));
        }
        std::optional<Stemmer> stemmer;
        if (options.stem) {
            ATTUNE_ASSIGN(stemmer, Stemmer::create(options.language));
        }
        TokenFolder folder(std::move(stemmer), stop_words, is_turkic(options.language));
        return std::make_unique<Workspace>(
            Workspace{std::move(breaks), std::move(folder), nullptr, {}});
    }

    std::unique_ptr<Workspace> take() {
        {
            const std::lock_guard lock(mutex);
            if (!idle.empty()) {
                std::unique_ptr<Workspace> workspace = std::move(idle.back());
                idle.pop_back();
                return workspace;
            }
        }
        auto made = make_workspace();
        ATTUNE_ASSERT(made.has_value());  // create() made one of the same kind
        return std::move(*made);
    }

    void give_back(std::unique_ptr<Workspace> workspace) {
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(workspace));
    }
};

Tokenizer::Tokenizer(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<Tokenizer> Tokenizer::create(TokenizerOptions options) {
    if (options.max_code_points == 0) {
        return fail(ErrorCode::kInvalidArgument, "max_code_points must be at least 1");
    }
    auto shared = std::make_unique<Shared>();
    shared->options = std::move(options);
    const bool turkic = is_turkic(shared->options.language);
    if (shared->options.stop_words) {
        for (const std::string& word : *shared->options.stop_words) {
            shared->stop_words.insert(fold_word(word, turkic));
        }
    } else if (shared->options.language == "en") {
        const auto words = english_stop_words();
        shared->stop_words.insert(words.begin(), words.end());
    }
    ATTUNE_ASSIGN(auto workspace, shared->make_workspace());
    shared->idle.push_back(std::move(workspace));
    return Tokenizer(std::move(shared));
}

const TokenizerOptions& Tokenizer::options() const {
    return shared_->options;
}

void Tokenizer::for_each(std::string_view text,
                         const std::function<void(const Token&)>& visit) const {
    text = text.substr(0, kMaxTextBytes);
    if (text.empty()) return;
    // A `visit` that throws only costs the workspace.
    std::unique_ptr<Workspace> workspace = shared_->take();
    DecodedText& decoded = workspace->decoded;
    decode(text, decoded);

    UErrorCode error = U_ZERO_ERROR;
    UText* opened = utext_openUChars(workspace->text.get(), decoded.units.data(),
                                     static_cast<std::int64_t>(decoded.units.size()), &error);
    if (workspace->text == nullptr) workspace->text.reset(opened);
    workspace->breaks->setText(opened, error);
    ATTUNE_ASSERT(U_SUCCESS(error));

    const std::u16string_view units(decoded.units);
    std::size_t begin = 0;
    workspace->breaks->first();
    for (std::int32_t next = workspace->breaks->next(); next != icu::BreakIterator::DONE;
         next = workspace->breaks->next()) {
        const auto end = static_cast<std::size_t>(next);
        const std::u16string_view segment = units.substr(begin, end - begin);
        const auto from = static_cast<std::size_t>(decoded.byte_of_unit[begin]);
        const auto to = static_cast<std::size_t>(decoded.byte_of_unit[end]);
        begin = end;
        if (!is_kept(segment, workspace->breaks->getRuleStatus(), shared_->options)) continue;
        if (segment.size() > shared_->options.max_code_points &&
            count_code_points(segment) > shared_->options.max_code_points) {
            continue;
        }
        const std::string_view word = text.substr(from, to - from);
        const std::string& term = workspace->folder.term(word);
        if (!term.empty()) visit({word, term});
    }
    shared_->give_back(std::move(workspace));
}

std::vector<std::string> Tokenizer::terms(std::string_view text) const {
    std::vector<std::string> terms;
    for_each(text, [&](const Token& token) { terms.emplace_back(token.term); });
    return terms;
}

void save(const TokenizerOptions& options, BinaryWriter& writer) {
    writer.text(options.language);
    writer.number(options.stem);
    writer.number(options.keep_numbers);
    writer.number(options.keep_emoji);
    writer.number<std::uint64_t>(options.max_code_points);
    writer.number(options.stop_words.has_value());
    writer.texts(options.stop_words.value_or(std::vector<std::string>{}));
}

TokenizerOptions load_tokenizer_options(BinaryReader& reader) {
    // A byte other than 0 and 1 is no bool to read into.
    const auto flag = [&] { return reader.number<std::uint8_t>() != 0; };
    TokenizerOptions options;
    options.language = reader.text();
    options.stem = flag();
    options.keep_numbers = flag();
    options.keep_emoji = flag();
    options.max_code_points = reader.number<std::uint64_t>();
    const bool has_stop_words = flag();
    auto stop_words = reader.texts();
    if (has_stop_words) options.stop_words = std::move(stop_words);
    return options;
}

}  // namespace attune
