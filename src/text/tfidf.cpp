#include "text/tfidf.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune {

TfIdf::TfIdf(std::size_t num_documents, std::vector<std::string> vocabulary,
             std::vector<std::uint32_t> document_frequency)
    : num_documents_(num_documents),
      vocabulary_(std::move(vocabulary)),
      document_frequency_(std::move(document_frequency)) {
    idf_.reserve(vocabulary_.size());
    term_of_.reserve(vocabulary_.size());
    for (std::size_t term = 0; term < vocabulary_.size(); ++term) {
        idf_.push_back(std::log(static_cast<double>(num_documents_) / document_frequency_[term]));
        term_of_.emplace(vocabulary_[term], static_cast<std::uint32_t>(term));
    }
}

TfIdf TfIdf::fit(std::span<const std::vector<std::string>> documents) {
    struct Count {
        std::uint32_t documents = 0;
        std::size_t last = 0;  ///< 1 + the document counted last
    };
    std::unordered_map<std::string_view, Count> counts;
    for (std::size_t d = 0; d < documents.size(); ++d) {
        for (const std::string& term : documents[d]) {
            Count& count = counts[term];
            if (count.last != d + 1) ++count.documents;
            count.last = d + 1;
        }
    }
    std::vector<std::string> vocabulary;
    vocabulary.reserve(counts.size());
    for (const auto& [term, count] : counts) vocabulary.emplace_back(term);
    std::sort(vocabulary.begin(), vocabulary.end());
    std::vector<std::uint32_t> frequency;
    frequency.reserve(vocabulary.size());
    for (const std::string& term : vocabulary) frequency.push_back(counts[term].documents);
    return {documents.size(), std::move(vocabulary), std::move(frequency)};
}

std::optional<std::uint32_t> TfIdf::find(std::string_view term) const {
    const auto found = term_of_.find(term);
    if (found == term_of_.end()) return std::nullopt;
    return found->second;
}

double TfIdf::highest_idf() const {
    return num_documents_ == 0 ? 0 : std::log(static_cast<double>(num_documents_));
}

SparseVector TfIdf::vector(std::span<const std::string> terms) const {
    std::vector<std::uint32_t> known;
    known.reserve(terms.size());
    for (const std::string& term : terms) {
        if (const auto found = find(term); found && idf_[*found] > 0) known.push_back(*found);
    }
    std::sort(known.begin(), known.end());
    SparseVector vector;
    for (std::size_t begin = 0; begin < known.size();) {
        const auto end = static_cast<std::size_t>(
            std::upper_bound(known.begin() + static_cast<std::ptrdiff_t>(begin), known.end(),
                             known[begin]) -
            known.begin());
        const double frequency =
            static_cast<double>(end - begin) / static_cast<double>(terms.size());
        vector.terms.push_back(known[begin]);
        vector.weights.push_back(frequency * idf_[known[begin]]);
        begin = end;
    }
    return vector;
}

void TfIdf::save(BinaryWriter& writer) const {
    writer.number<std::uint64_t>(num_documents_);
    writer.texts(vocabulary_);
    writer.array(document_frequency_);
}

Result<TfIdf> TfIdf::load(BinaryReader& reader) {
    const auto num_documents = reader.number<std::uint64_t>();
    auto vocabulary = reader.texts();
    auto frequency = reader.array<std::uint32_t>();
    ATTUNE_TRY(reader.status());
    if (frequency.size() != vocabulary.size() ||
        num_documents > std::numeric_limits<std::uint32_t>::max()) {
        return fail(ErrorCode::kCorrupt,
                    "term weights: {} terms with {} frequencies of {} documents", vocabulary.size(),
                    frequency.size(), num_documents);
    }
    for (std::size_t term = 0; term < vocabulary.size(); ++term) {
        const bool ascending = term == 0 || vocabulary[term - 1] < vocabulary[term];
        if (!ascending || frequency[term] == 0 || frequency[term] > num_documents) {
            return fail(ErrorCode::kCorrupt, "term weights: term {} is out of order or range",
                        term);
        }
    }
    return TfIdf(num_documents, std::move(vocabulary), std::move(frequency));
}

}  // namespace attune
