#include "models/content.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/assert.hpp"
#include "math/csr.hpp"
#include "models/model_io.hpp"
#include "text/tfidf.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "content";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kMaxRepeats = 100;

/// What a customer has of one source of the score.
struct WordSource {
    std::string word;        ///< as first written
    std::string_view lists;  ///< where it stands: "interests", or "profile" when in several
    std::uint32_t term = 0;
    double weight = 0;
};
struct ProductSource {
    ProductIndex product;
    const Interaction* latest = nullptr;
    double weight = 0;
};

std::string lower_ascii(std::string_view word) {
    std::string lower(word);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

/// "TERM_DEPOSITS" is two words to people.
std::string with_spaces(std::string_view name) {
    std::string spaced(name);
    std::replace(spaced.begin(), spaced.end(), '_', ' ');
    return spaced;
}

std::vector<std::string> product_terms(const Tokenizer& tokenizer, const Product& product,
                                       const ContentOptions& options) {
    std::vector<std::string> terms;
    const auto add = [&](std::string_view text, std::size_t repeats) {
        tokenizer.for_each(text, [&](const Token& token) {
            terms.insert(terms.end(), repeats, std::string(token.term));
        });
    };
    add(product.name, options.name_repeats);
    add(with_spaces(product.category), options.category_repeats);
    add(product.description, 1);
    for (const ProductFeature& feature : product.features) {
        add(with_spaces(feature.type), 1);
        add(feature.text, 1);
    }
    return terms;
}

CsrMatrix unit_vectors(const TfIdf& tfidf, const std::vector<std::vector<std::string>>& documents) {
    CsrMatrix matrix;
    matrix.num_rows = documents.size();
    matrix.num_columns = tfidf.num_terms();
    for (const auto& document : documents) {
        const SparseVector vector = tfidf.vector(document);
        const double length = norm(vector);
        for (std::size_t i = 0; i < vector.terms.size(); ++i) {
            matrix.columns.push_back(vector.terms[i]);
            matrix.values.push_back(static_cast<float>(vector.weights[i] / length));
        }
        matrix.offsets.push_back(matrix.columns.size());
    }
    return matrix;
}

Status check(const ContentOptions& options) {
    for (const double weight :
         {options.interest_weight, options.preference_weight, options.need_weight,
          options.event_weight, options.half_life_days}) {
        if (!(weight >= 0 && weight <= 1e9)) {
            return fail(ErrorCode::kInvalidArgument,
                        "content: weights and half_life_days must be between 0 and 1e9, not {}",
                        weight);
        }
    }
    if (options.name_repeats > kMaxRepeats || options.category_repeats > kMaxRepeats) {
        return fail(ErrorCode::kInvalidArgument, "content: at most {} repeats of name and category",
                    kMaxRepeats);
    }
    return {};
}

class Content final : public Recommender {
 public:
    Content(std::shared_ptr<const Catalogue> catalogue, ContentOptions options, Tokenizer tokenizer,
            TfIdf tfidf, const std::vector<std::vector<std::string>>& documents)
        : catalogue_(std::move(catalogue)),
          options_(std::move(options)),
          tokenizer_(std::move(tokenizer)),
          tfidf_(std::move(tfidf)),
          vectors_(unit_vectors(tfidf_, documents)),
          postings_(transpose(vectors_)) {}

    [[nodiscard]] std::string_view name() const override { return kName; }
    void score(const CustomerView& customer, std::span<double> scores) const override;
    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override;
    void save(BinaryWriter& writer) const override;

 private:
    [[nodiscard]] std::vector<WordSource> words_of(const CustomerView& customer) const;
    [[nodiscard]] std::vector<ProductSource> products_of(const CustomerView& customer) const;
    /// The product's weight of every term.
    [[nodiscard]] std::vector<double> spread_out(ProductIndex product) const;
    /// Cosine with the product that `weights` are of.
    [[nodiscard]] double similarity(ProductIndex product, const std::vector<double>& weights) const;

    std::shared_ptr<const Catalogue> catalogue_;
    ContentOptions options_;
    Tokenizer tokenizer_;
    TfIdf tfidf_;
    CsrMatrix vectors_;   ///< products x terms, rows of unit length
    CsrMatrix postings_;  ///< terms x products
};

std::vector<WordSource> Content::words_of(const CustomerView& customer) const {
    std::vector<WordSource> sources;
    if (customer.profile == nullptr) return sources;
    const double highest_idf = tfidf_.highest_idf();
    // Words that `without_evidence` takes for the same are one source.
    std::map<std::string, std::size_t> source_of;
    const auto add = [&](const std::vector<std::string>& entries, std::string_view list,
                         double list_weight) {
        if (list_weight == 0) return;
        for (const std::string& entry : entries) {
            tokenizer_.for_each(with_spaces(entry), [&](const Token& token) {
                const auto term = tfidf_.find(token.term);
                if (!term || tfidf_.idf(*term) <= 0) return;
                const auto [at, added] =
                    source_of.try_emplace(lower_ascii(token.word), sources.size());
                if (added) sources.push_back({std::string(token.word), list, *term, 0});
                WordSource& source = sources[at->second];
                if (source.lists != list) source.lists = "profile";
                source.weight += list_weight * tfidf_.idf(*term) / highest_idf;
            });
        }
    };
    add(customer.profile->interests, "interests", options_.interest_weight);
    add(customer.profile->preferences, "preferences", options_.preference_weight);
    add(customer.profile->financial_needs, "financial_needs", options_.need_weight);
    return sources;
}

std::vector<ProductSource> Content::products_of(const CustomerView& customer) const {
    std::vector<const Interaction*> history;
    history.reserve(customer.history.size());
    for (const Interaction& interaction : customer.history) {
        if (interaction.weight > 0) history.push_back(&interaction);
    }
    std::stable_sort(
        history.begin(), history.end(),
        [](const Interaction* a, const Interaction* b) { return a->product < b->product; });
    std::vector<ProductSource> sources;
    for (const Interaction* interaction : history) {
        if (sources.empty() || sources.back().product != interaction->product) {
            sources.push_back({interaction->product, interaction, 0});
        }
        double weight = interaction->weight;
        if (options_.half_life_days > 0) {
            const double age_days = std::max(0.0, days_between(interaction->time, customer.now));
            weight *= std::exp2(-age_days / options_.half_life_days);
        }
        sources.back().weight += weight;
        sources.back().latest = interaction;
    }
    for (ProductSource& source : sources) {
        source.weight = options_.event_weight * std::log1p(source.weight);
    }
    return sources;
}

void Content::score(const CustomerView& customer, std::span<double> scores) const {
    ATTUNE_ASSERT(scores.size() == vectors_.num_rows);
    std::fill(scores.begin(), scores.end(), 0.0);
    // All sources in one vector over the terms: then each posting is read once.
    std::vector<double> query(tfidf_.num_terms(), 0.0);
    for (const WordSource& source : words_of(customer)) query[source.term] += source.weight;
    for (const ProductSource& source : products_of(customer)) {
        const auto terms = vectors_.row_columns(source.product.at());
        const auto values = vectors_.row_values(source.product.at());
        for (std::size_t i = 0; i < terms.size(); ++i) {
            query[terms[i]] += source.weight * values[i];
        }
    }
    for (std::size_t term = 0; term < query.size(); ++term) {
        if (query[term] == 0) continue;
        const auto products = postings_.row_columns(term);
        const auto values = postings_.row_values(term);
        for (std::size_t i = 0; i < products.size(); ++i) {
            scores[products[i]] += query[term] * values[i];
        }
    }
}

std::vector<double> Content::spread_out(ProductIndex product) const {
    std::vector<double> weights(tfidf_.num_terms(), 0.0);
    const auto terms = vectors_.row_columns(product.at());
    const auto values = vectors_.row_values(product.at());
    for (std::size_t i = 0; i < terms.size(); ++i) weights[terms[i]] = values[i];
    return weights;
}

double Content::similarity(ProductIndex product, const std::vector<double>& weights) const {
    const auto terms = vectors_.row_columns(product.at());
    const auto values = vectors_.row_values(product.at());
    double sum = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) sum += values[i] * weights[terms[i]];
    return sum;
}

Explanation Content::explain(const CustomerView& customer, ProductIndex product) const {
    Explanation explanation;
    auto& evidence = explanation.evidence;
    const std::string model(kName);
    const std::vector<double> weights = spread_out(product);
    for (const WordSource& source : words_of(customer)) {
        const double part = source.weight * weights[source.term];
        if (part <= 0) continue;
        evidence.push_back({EvidenceKind::kTerm, source.word, std::string(source.lists),
                            std::nullopt, part, model});
    }
    for (const ProductSource& source : products_of(customer)) {
        const double part = source.weight * similarity(source.product, weights);
        if (part <= 0) continue;
        evidence.push_back({EvidenceKind::kEvent, catalogue_->product(source.product).id,
                            std::string(event_type_name(source.latest->type)), source.latest->time,
                            part, model});
    }
    explanation.score = total_contribution(evidence);
    std::stable_sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) {
        return a.contribution > b.contribution;
    });
    if (evidence.size() > options_.max_evidence) {
        double rest = 0;
        for (std::size_t i = options_.max_evidence; i < evidence.size(); ++i) {
            rest += evidence[i].contribution;
        }
        evidence.resize(options_.max_evidence);
        evidence.push_back({EvidenceKind::kBaseline, "", "", std::nullopt, rest, model});
    }
    return explanation;
}

void Content::save(BinaryWriter& writer) const {
    write_model_header(writer, kName, kFormat);
    attune::save(options_.tokenizer, writer);
    for (const double weight :
         {options_.interest_weight, options_.preference_weight, options_.need_weight,
          options_.event_weight, options_.half_life_days}) {
        writer.number(weight);
    }
    writer.number<std::uint64_t>(options_.name_repeats);
    writer.number<std::uint64_t>(options_.category_repeats);
    writer.number<std::uint64_t>(options_.max_evidence);
    tfidf_.save(writer);
}

std::vector<std::vector<std::string>> all_product_terms(const Tokenizer& tokenizer,
                                                        const Catalogue& catalogue,
                                                        const ContentOptions& options) {
    std::vector<std::vector<std::string>> documents;
    documents.reserve(catalogue.num_products());
    for (const Product& product : catalogue.products()) {
        documents.push_back(product_terms(tokenizer, product, options));
    }
    return documents;
}

}  // namespace

Result<std::unique_ptr<Recommender>> fit_content(const TrainingData& data,
                                                 const ContentOptions& options) {
    ATTUNE_TRY(check(options));
    ATTUNE_ASSIGN(Tokenizer tokenizer, Tokenizer::create(options.tokenizer));
    const auto documents = all_product_terms(tokenizer, *data.catalogue, options);
    TfIdf tfidf = TfIdf::fit(documents);
    return std::make_unique<Content>(data.catalogue, options, std::move(tokenizer),
                                     std::move(tfidf), documents);
}

Result<std::unique_ptr<Recommender>> load_content(BinaryReader& reader,
                                                  std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(read_model_header(reader, kName, kFormat));
    ContentOptions options;
    options.tokenizer = load_tokenizer_options(reader);
    for (double* weight : {&options.interest_weight, &options.preference_weight,
                           &options.need_weight, &options.event_weight, &options.half_life_days}) {
        *weight = reader.number<double>();
    }
    options.name_repeats = reader.number<std::uint64_t>();
    options.category_repeats = reader.number<std::uint64_t>();
    options.max_evidence = reader.number<std::uint64_t>();
    ATTUNE_ASSIGN(TfIdf tfidf, TfIdf::load(reader));
    if (const Status status = check(options); !status) {
        return corrupt_model(kName, status.error().message);
    }
    auto tokenizer = Tokenizer::create(options.tokenizer);
    if (!tokenizer) return corrupt_model(kName, tokenizer.error().message);
    const auto documents = all_product_terms(*tokenizer, *catalogue, options);
    return std::make_unique<Content>(std::move(catalogue), std::move(options),
                                     std::move(*tokenizer), std::move(tfidf), documents);
}

}  // namespace attune
