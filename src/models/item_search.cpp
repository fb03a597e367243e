#include "models/item_search.hpp"

// Without it hnswlib prefetches past the end of its lists.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include "math/dense.hpp"
#include "models/check_option.hpp"

namespace attune {

struct ItemSearch::Graph {
    Graph(const FactorRows& factors, const ItemSearchOptions& options)
        : items(factors),
          space(factors.num_factors()),
          index(&space, factors.num_rows(), options.links, options.build_effort, options.seed),
          effort(options.effort) {}

    FactorRows items;
    hnswlib::InnerProductSpace space;
    hnswlib::HierarchicalNSW<float> index;
    std::size_t effort;
};

ItemSearch::ItemSearch() = default;
ItemSearch::ItemSearch(ItemSearch&&) noexcept = default;
ItemSearch& ItemSearch::operator=(ItemSearch&&) noexcept = default;
ItemSearch::~ItemSearch() = default;

Result<ItemSearch> ItemSearch::create(const FactorRows& items, const ItemSearchOptions& options,
                                      ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(validate(options));
    ItemSearch search;
    search.packed_ = PackedItems(items);
    if (items.num_rows() <= options.exact_up_to) return search;
    try {
        search.graph_ = std::make_unique<Graph>(items, options);
        constexpr std::size_t kBlock = 4096;
        progress.begin("index of products", items.num_rows());
        for (std::size_t begin = 0; begin < items.num_rows(); begin += kBlock) {
            if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the index was stopped");
            const std::size_t size = std::min(kBlock, items.num_rows() - begin);
            pool.parallel_for(size, 16, [&](std::size_t first, std::size_t last, std::size_t) {
                for (std::size_t i = begin + first; i < begin + last; ++i) {
                    search.graph_->index.addPoint(items.row(i).data(), i);
                }
            });
            progress.advance(begin + size);
        }
        progress.end();
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
            const auto item = static_cast<std::uint32_t>(found.top().second);
            if (!mask.allowed.empty() && mask.allowed[item] == 0) continue;
            if (std::binary_search(mask.held.begin(), mask.held.end(), item)) continue;
            const auto row = graph_->items.row(item);
            best.push_back(
                {item, static_cast<float>(dot(row.data(), customer.data(), row.size()))});
        }
        if (best.size() < wanted) continue;
        std::sort(best.begin(), best.end(), ranks_before<float>);
        best.resize(wanted);
        return best;
    }
    return packed_.top_k(customer, k, mask);
}

double ItemSearch::recall(const FactorRows& customers, std::size_t k, ThreadPool& pool) const {
    if (is_exact() || customers.num_rows() == 0) return 1;
    std::vector<double> shares(customers.num_rows(), 1);
    pool.parallel_for(
        customers.num_rows(), 4, [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t c = begin; c < end; ++c) {
                const auto exact = packed_.top_k(customers.row(c), k);
                const auto found = top_k(customers.row(c), k);
                if (exact.empty()) continue;
                // By the score, for equal ones may change places.
                const float least = exact.back().score - 1e-5F * std::abs(exact.back().score);
                const auto good = std::count_if(found.begin(), found.end(), [&](const auto& entry) {
                    return entry.score >= least;
                });
                shares[c] = static_cast<double>(good) / static_cast<double>(exact.size());
            }
        });
    double sum = 0;
    for (const double share : shares) sum += share;
    return sum / static_cast<double>(shares.size());
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
