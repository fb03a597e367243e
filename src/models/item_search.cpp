#include "models/item_search.hpp"

// Without it hnswlib prefetches past the end of its lists.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include "math/dense.hpp"
#include "math/float_dot.hpp"
#include "models/check_option.hpp"

namespace attune {
namespace {

/// Inner products by the vectors of this processor: what the line above leaves of hnswlib's own is
/// a loop number by number.
class InnerProducts final : public hnswlib::SpaceInterface<float> {
 public:
    explicit InnerProducts(std::size_t num_factors) : num_factors_(num_factors) {}

    std::size_t get_data_size() override { return num_factors_ * sizeof(float); }
    hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
    void* get_dist_func_param() override { return &num_factors_; }

 private:
    static float distance(const void* a, const void* b, const void* num_factors) {
        return 1 - float_dot(static_cast<const float*>(a), static_cast<const float*>(b),
                             *static_cast<const std::size_t*>(num_factors));
    }

    std::size_t num_factors_;
};

/// Up to `most` rows spread over those that are not all zeros.
std::vector<std::size_t> spread_with_factors(const FactorRows& rows, std::size_t most) {
    std::vector<std::size_t> known;
    for (std::size_t row = 0; row < rows.num_rows(); ++row) {
        const auto own = rows.row(row);
        if (std::any_of(own.begin(), own.end(), [](float factor) { return factor != 0; })) {
            known.push_back(row);
        }
    }
    const std::size_t step = (known.size() + most - 1) / most;
    std::vector<std::size_t> sample;
    for (std::size_t at = 0; at < known.size(); at += step) sample.push_back(known[at]);
    return sample;
}

/// How many items looking at all reads on average. Who will ask is not known here: items stand for
/// customers, whose factors lie between those of their items.
double mean_read(const PackedItems& packed, const FactorRows& items) {
    constexpr std::size_t kMostItems = 200;
    constexpr std::size_t kListed = 20;
    const std::vector<std::size_t> sample = spread_with_factors(items, kMostItems);
    if (sample.empty()) return 0;
    std::size_t num_read = 0;
    for (const std::size_t row : sample) num_read += packed.num_read(items.row(row), kListed);
    return static_cast<double>(num_read) / static_cast<double>(sample.size());
}

}  // namespace

struct ItemSearch::Graph {
    Graph(const FactorRows& items, const ItemSearchOptions& options)
        : space(items.num_factors()),
          index(&space, items.num_rows(), options.links, options.build_effort, options.seed),
          effort(options.effort) {}

    InnerProducts space;
    hnswlib::HierarchicalNSW<float> index;
    std::size_t effort;
};

ItemSearch::ItemSearch() = default;
ItemSearch::ItemSearch(ItemSearch&&) noexcept = default;
ItemSearch& ItemSearch::operator=(ItemSearch&&) noexcept = default;
ItemSearch::~ItemSearch() = default;

Result<ItemSearch> ItemSearch::create(const FactorRows& items, const ItemSearchOptions& options,
                                      Progress& progress) {
    ATTUNE_TRY(validate(options));
    ItemSearch search;
    search.packed_ = PackedItems(items);
    if (items.num_rows() <= options.exact_up_to ||
        mean_read(search.packed_, items) <= static_cast<double>(options.exact_up_to)) {
        return search;
    }
    try {
        search.graph_ = std::make_unique<Graph>(items, options);
        constexpr std::size_t kBlock = 1024;
        const ProgressStage stage(progress, "index of products", items.num_rows());
        for (std::size_t i = 0; i < items.num_rows(); ++i) {
            if (i % kBlock == 0) {
                if (stage.cancelled()) return fail(ErrorCode::kCancelled, "the index was stopped");
                stage.advance(i);
            }
            search.graph_->index.addPoint(items.row(i).data(), i);
        }
    } catch (const std::exception& exception) {
        return fail(ErrorCode::kUnavailable, "the index of {} products cannot be built: {}",
                    items.num_rows(), exception.what());
    }
    return search;
}

std::vector<Scored<float>> ItemSearch::top_k(std::span<const float> customer, std::size_t k,
                                             const ItemMask& mask) const {
    if (is_exact()) return packed_.top_k(customer, k, mask);
    const std::size_t num_items = packed_.num_items();
    const std::size_t wanted = std::min(k, num_items);
    // hnswlib keeps as many in view as it is asked for, if that is more than its own setting.
    for (std::size_t asked = std::max(graph_->effort, 2 * wanted + mask.held.size());
         asked < num_items / 4; asked *= 4) {
        auto found = graph_->index.searchKnn(customer.data(), asked);
        std::vector<Scored<float>> best;
        for (; !found.empty(); found.pop()) {
            // Inserted in order, so that hnswlib's own numbers are those of the items.
            const auto item = static_cast<std::uint32_t>(found.top().second);
            if (!mask.allowed.empty() && mask.allowed[item] == 0) continue;
            if (std::binary_search(mask.held.begin(), mask.held.end(), item)) continue;
            const auto* const row = reinterpret_cast<const float*>(
                graph_->index.getDataByInternalId(static_cast<hnswlib::tableint>(item)));
            best.push_back({item, static_cast<float>(dot(row, customer.data(), customer.size()))});
        }
        if (best.size() < wanted) continue;
        std::sort(best.begin(), best.end(), ranks_before<float>);
        best.resize(wanted);
        return best;
    }
    return packed_.top_k(customer, k, mask);
}

std::optional<double> ItemSearch::recall(const FactorRows& customers, std::size_t k,
                                         ThreadPool& pool) const {
    constexpr std::size_t kMostCustomers = 1'000;
    const std::vector<std::size_t> sample = spread_with_factors(customers, kMostCustomers);
    if (sample.empty()) return std::nullopt;
    std::vector<double> shares(sample.size(), 1);
    pool.parallel_for(sample.size(), 4, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t at = begin; at < end; ++at) {
            const auto customer = customers.row(sample[at]);
            const auto exact = packed_.top_k(customer, k);
            const auto found = top_k(customer, k);
            if (exact.empty()) continue;
            // By the score, for equal ones may change places.
            const float least = exact.back().score - 1e-5F * std::abs(exact.back().score);
            const auto good = std::count_if(found.begin(), found.end(), [&](const auto& entry) {
                return entry.score >= least;
            });
            shares[at] = static_cast<double>(good) / static_cast<double>(exact.size());
        }
    });
    double sum = 0;
    for (const double share : shares) sum += share;
    return sum / static_cast<double>(shares.size());
}

Result<const ItemSearch*> LazyItemSearch::get(Progress& progress) const {
    if (const ItemSearch* const ready = ready_.load(std::memory_order_acquire)) return ready;
    const std::scoped_lock lock(mutex_);
    if (!search_) {
        ATTUNE_ASSIGN(ItemSearch built, ItemSearch::create(make_items_(), options_, progress));
        search_ = std::make_unique<const ItemSearch>(std::move(built));
        ready_.store(search_.get(), std::memory_order_release);
    }
    return search_.get();
}

Status validate(const ItemSearchOptions& options) {
    const auto check = [](std::string_view name, std::size_t value, double minimum,
                          double maximum) {
        return check_option("item search", name, static_cast<double>(value), minimum, maximum);
    };
    ATTUNE_TRY(check("exact_up_to", options.exact_up_to, 1, 100'000'000));
    ATTUNE_TRY(check("links", options.links, 2, 1'000));
    ATTUNE_TRY(check("build_effort", options.build_effort, 2, 100'000));
    return check("effort", options.effort, 10, 100'000);
}

}  // namespace attune
