#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "text/sparse_vector.hpp"
#include "text/text_hash.hpp"

namespace attune {

/// Term weights by frequency and rarity: TF = count / length of the text, IDF = ln(N / df).
/// A term that every document has weighs nothing; one that no document has is not known.
///
/// @threads  safe to share
/// @source   Salton, Buckley, Information Processing & Management 24(5), 1988; departures: the
///           frequency is divided by the text's length, the idf is not smoothed
class TfIdf {
 public:
    /// Learns the vocabulary and the document frequencies. The order of the documents and of the
    /// terms within them does not matter.
    /// @param documents  the terms of each, as a Tokenizer gives them
    /// @cost             O(terms), and sorting the vocabulary
    static TfIdf fit(std::span<const std::vector<std::string>> documents);

    /// @errors kCorrupt
    static Result<TfIdf> load(BinaryReader& reader);
    void save(BinaryWriter& writer) const;

    /// Terms unknown or without weight are left out of the vector but count in the length.
    [[nodiscard]] SparseVector vector(std::span<const std::string> terms) const;

    [[nodiscard]] std::size_t num_documents() const { return num_documents_; }
    [[nodiscard]] std::size_t num_terms() const { return vocabulary_.size(); }
    /// In ascending order of their bytes.
    [[nodiscard]] const std::vector<std::string>& vocabulary() const { return vocabulary_; }
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view term) const;
    [[nodiscard]] double idf(std::uint32_t term) const { return idf_[term]; }
    /// The idf of a term that one document has, ln(N); 0 without documents.
    [[nodiscard]] double highest_idf() const;

 private:
    TfIdf(std::size_t num_documents, std::vector<std::string> vocabulary,
          std::vector<std::uint32_t> document_frequency);

    std::size_t num_documents_;
    std::vector<std::string> vocabulary_;
    std::vector<std::uint32_t> document_frequency_;
    std::vector<double> idf_;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> term_of_;
};

}  // namespace attune
