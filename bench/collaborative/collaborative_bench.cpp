// Benchmarks of the collaborative core on made data: one JSON line for each measurement.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <array>
#include <string>
#include <vector>

#include "collaborative/als_bench.hpp"
#include "collaborative/fold_in_bench.hpp"
#include "collaborative/machine_limits.hpp"
#include "collaborative/planted_feedback.hpp"
#include "collaborative/report.hpp"
#include "collaborative/search_bench.hpp"
#include "collaborative/top_k_bench.hpp"
#include "models/neighbours/item_similarity.hpp"
#include "models/sgd/bpr_factors.hpp"

namespace attune {
namespace {

/// What the command line asks for.
struct Request {
    std::string shape = "20M";
    std::string feedback_file;
    std::string factors_file;
    std::string initial_factors_file;
    std::string lists_file;
    std::string method;
    std::string objective = "two-weights";
    std::size_t num_interactions = 0;
    std::size_t num_products = 0;
    std::size_t num_neighbours = 100;
    double alpha = 1;
    bool limits = false;
    bool top_k = false;
    bool item_knn = false;
    bool bpr = false;
    bool fold_in = false;
    bool search = false;
    RunFacts facts;
    AlsBenchOptions als;
    TopKBenchOptions top_k_options;
    SearchBenchOptions search_options;
};

void add_options(CLI::App& app, Request& request) {
    AlsSolverOptions& solver = request.als.solver;
    solver.objective.unobserved_weight = 0.1;
    solver.num_sweeps = 5;
    request.facts.num_threads = 2;
    app.add_option("--shape", request.shape, "of the data")->check(CLI::IsMember({"1M", "20M"}));
    app.add_option("--interactions", request.num_interactions,
                   "as many of them from more or fewer customers; 0 takes the shape's");
    app.add_option("--products", request.num_products, "as many of them; 0 takes the shape's");
    app.add_option("--seed", request.facts.seed, "of the data");
    app.add_option("--threads", request.facts.num_threads, "0 takes all processors");
    app.add_option("--commit", request.facts.commit, "what the lines say of the program");
    app.add_option("--write", request.feedback_file, "write the data to this file");
    app.add_option("--write-factors", request.factors_file, "write the last factors to this file");
    app.add_option("--write-initial-factors", request.initial_factors_file,
                   "write what a fit begins with to this file");
    app.add_option("--write-lists", request.lists_file, "write the lists of --top-k to this file");
    app.add_flag("--limits", request.limits, "measure what the machine can do");
    app.add_option("--factors", solver.num_factors, "rank of the factors");
    app.add_option("--als", request.method, "fit by this method")
        ->check(CLI::IsMember({"cholesky", "cg", "subspace"}));
    app.add_option("--cg-steps", solver.num_cg_steps, "of each half sweep");
    app.add_option("--block-size", solver.block_size, "of subspaces");
    app.add_option("--sweeps", solver.num_sweeps, "of a fit");
    app.add_option("--initial-deviation", solver.initial_deviation, "of a factor row's length");
    app.add_option("--fit-seed", solver.seed, "of the first factors");
    app.add_option("--objective", request.objective, "two-weights, or confidence (Hu et al.)")
        ->check(CLI::IsMember({"two-weights", "confidence"}));
    app.add_option("--alpha", request.alpha, "weight of an interaction");
    app.add_option("--unobserved-weight", solver.objective.unobserved_weight, "of every pair");
    app.add_option("--regularization", solver.objective.regularization, "of the factors");
    app.add_option("--exponent", solver.objective.regularization_exponent,
                   "of the frequency that scales the regularization");
    app.add_flag("--top-k", request.top_k, "best products of all customers, and of one");
    app.add_option("--k", request.top_k_options.k, "products in a list");
    app.add_option("--repeats", request.top_k_options.repeats, "of --top-k; the fastest counts")
        ->check(CLI::PositiveNumber);
    app.add_flag("--item-knn", request.item_knn, "item-item cosine");
    app.add_option("--neighbours", request.num_neighbours, "kept of each product");
    app.add_flag("--bpr", request.bpr, "Bayesian personalised ranking");
    app.add_flag("--fold-in", request.fold_in, "a customer's factors from their products alone");
    app.add_flag("--search", request.search, "best products by the graph and by looking at all");
    app.add_option("--search-effort", request.search_options.search.effort,
                   "products that a search by the graph keeps in view");
}

CsrMatrix make_feedback(const Request& request, ThreadPool& pool, RunFacts& facts) {
    PlantedFeedbackOptions options;
    options.seed = request.facts.seed;
    options.shape = request.shape == "1M" ? kMovieLens1M : kMovieLens20M;
    if (request.num_interactions > 0) {
        options.shape = options.shape.with_interactions(request.num_interactions);
    }
    if (request.num_products > 0) options.shape.num_products = request.num_products;
    const Stopwatch watch;
    CsrMatrix feedback = must(planted_feedback(options, pool));
    const double seconds = watch.seconds();
    const double cpu_seconds = watch.cpu_seconds();
    facts.data = data_hash(feedback);
    Report(facts).print("planted_feedback", {{"customers", feedback.num_rows},
                                             {"products", feedback.num_columns},
                                             {"interactions", feedback.num_nonzero()},
                                             {"seconds", seconds},
                                             {"cpu_seconds", cpu_seconds}});
    if (!request.feedback_file.empty()) must(write_feedback(request.feedback_file, feedback));
    return feedback;
}

/// Prints the limits and returns those of arithmetic.
ArithmeticLimits measure_limits(std::size_t num_factors, ThreadPool& pool, const Report& report) {
    const MachineLimits limits(pool);
    const ArithmeticLimits arithmetic{limits.fma_gflops(), limits.sgemm_gflops()};
    report.print("machine_limits", {{"simd", MachineLimits::simd_target()},
                                    {"fma_gflops", arithmetic.fma_gflops},
                                    {"sgemm_gflops", arithmetic.sgemm_gflops},
                                    {"memory_gb_per_s", limits.memory_gb_per_s()}});
    for (const std::size_t products : {kMovieLens20M.num_products, std::size_t{40'981}}) {
        const std::size_t bytes = products * num_factors * sizeof(float);
        report.print("cache_read", {{"bytes", bytes},
                                    {"gb_per_s", limits.cache_gb_per_s(bytes, pool.num_threads())},
                                    {"one_thread_gb_per_s", limits.cache_gb_per_s(bytes, 1)}});
    }
    return arithmetic;
}

void bench_item_knn(const CsrMatrix& feedback, std::size_t num_neighbours, ThreadPool& pool,
                    const Report& report) {
    NullProgress silent;
    ItemSimilarityOptions cosine;
    cosine.measure = SimilarityMeasure::kCosine;
    cosine.num_neighbours = num_neighbours;
    const Stopwatch watch;
    const CsrMatrix similar = must(item_similarities(feedback, cosine, pool, silent));
    report.print("item_knn", {{"neighbours", num_neighbours},
                              {"seconds", watch.seconds()},
                              {"cpu_seconds", watch.cpu_seconds()},
                              {"similarities", similar.num_nonzero()}});
}

/// The seconds of an epoch are a third of the difference between four epochs and one.
void bench_bpr(const CsrMatrix& feedback, std::size_t num_factors, ThreadPool& pool,
               const Report& report) {
    NullProgress silent;
    PairwiseOptions options;
    options.num_factors = num_factors;
    options.num_threads = 0;
    std::vector<double> losses;
    const auto seconds_of = [&](std::size_t num_epochs) {
        options.num_epochs = num_epochs;
        const Stopwatch watch;
        losses = must(fit_bpr_factors(feedback, options, pool, silent)).epoch_losses;
        return std::array{watch.seconds(), watch.cpu_seconds()};
    };
    const auto one = seconds_of(1);
    const auto four = seconds_of(4);
    report.print("bpr", {{"factors", num_factors},
                         {"epoch_seconds", (four[0] - one[0]) / 3},
                         {"epoch_cpu_seconds", (four[1] - one[1]) / 3},
                         {"first_epoch_seconds", one[0]},
                         {"epoch_losses", losses}});
}

void run(Request& request) {
    ThreadPool pool(request.facts.num_threads);
    RunFacts facts = request.facts;
    facts.num_threads = pool.num_threads();
    CsrMatrix feedback = make_feedback(request, pool, facts);
    const Report report(facts);
    const std::size_t num_factors = request.als.solver.num_factors;
    if (request.limits) request.als.limits = measure_limits(num_factors, pool, report);
    if (request.item_knn) bench_item_knn(feedback, request.num_neighbours, pool, report);
    if (request.bpr) bench_bpr(feedback, num_factors, pool, report);
    if (request.top_k) {
        request.top_k_options.num_factors = num_factors;
        request.top_k_options.seed = facts.seed;
        request.top_k_options.limits = request.als.limits;
        request.top_k_options.factors_file = request.factors_file;
        request.top_k_options.lists_file = request.lists_file;
        bench_top_k(feedback, request.top_k_options, pool, report);
    }
    if (request.fold_in) bench_fold_in(feedback, num_factors, pool, report);
    if (request.search) {
        request.search_options.num_factors = num_factors;
        request.search_options.k = request.top_k_options.k;
        request.search_options.seed = facts.seed;
        bench_search(feedback, request.search_options, pool, report);
    }
    if (!request.method.empty()) {
        request.als.solver.method = must(parse_als_method(request.method));
        std::fill(feedback.values.begin(), feedback.values.end(),
                  static_cast<float>(request.alpha));
        request.als.solver.objective.loss =
            request.objective == "confidence" ? AlsLoss::kConfidence : AlsLoss::kTwoWeights;
        request.als.factors_file = request.factors_file;
        request.als.initial_factors_file = request.initial_factors_file;
        bench_als(feedback, request.als, pool, report);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    report.print("memory", {{"peak_mib", static_cast<double>(usage.ru_maxrss) / 1024}});
}

}  // namespace
}  // namespace attune

int main(int argc, char** argv) {
    CLI::App app("Benchmarks of the collaborative core");
    attune::Request request;
    attune::add_options(app, request);
    CLI11_PARSE(app, argc, argv);
    attune::run(request);
    return 0;
}
