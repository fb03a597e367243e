#include "text/stemmer.hpp"

#include <libstemmer.h>

namespace attune {

void Stemmer::Delete::operator()(sb_stemmer* stemmer) const {
    sb_stemmer_delete(stemmer);
}

Result<Stemmer> Stemmer::create(const std::string& language) {
    sb_stemmer* stemmer = sb_stemmer_new(language.c_str(), nullptr);
    if (stemmer == nullptr) {
        std::string known;
        for (const char** name = sb_stemmer_list(); *name != nullptr; ++name) {
            known += known.empty() ? "" : ", ";
            known += *name;
        }
        return fail(ErrorCode::kInvalidArgument, "no stemmer for language \"{}\"; there are {}",
                    language, known);
    }
    return Stemmer(stemmer);
}

std::string_view Stemmer::stem(std::string_view word) {
    const sb_symbol* stemmed =
        sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                        static_cast<int>(word.size()));
    if (stemmed == nullptr) return word;
    return {reinterpret_cast<const char*>(stemmed),
            static_cast<std::size_t>(sb_stemmer_length(stemmer_.get()))};
}

}  // namespace attune
