// What tune() promises beside what real queries get: for each recall asked for, the ef it chose, the recall
// that it measured on vectors of the index, and the recall of queries that are not in it, against exact
// neighbours.

#include "datasets/exact_truth.hpp"
#include "macro/index_types.hpp"
#include "macro/program.hpp"
#include "macro/recall.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace bench;

struct tuned_options {
    std::filesystem::path base;
    std::filesystem::path queries;
    metric_kind metric = metric_kind::l2;
    std::string codecs = "f32";
    std::vector<std::size_t> percents = {90, 95, 99};
    std::size_t k = 10;
    std::size_t max_queries = std::numeric_limits<std::size_t>::max();
    std::size_t max_base = std::numeric_limits<std::size_t>::max();
    bool help = false;
};

tuned_options parse(int argc, const char* const* argv) {
    tuned_options result;
    const setters known{
        {"--base", [&](std::string_view text) { result.base = text; }},
        {"--queries", [&](std::string_view text) { result.queries = text; }},
        {"--metric", [&](std::string_view text) { result.metric = parse_metric(text); }},
        {"--codec", [&](std::string_view text) { result.codecs = text; }},
        {"--percent", [&](std::string_view text) { result.percents = parse_counts("--percent", text); }},
        {"--k", count("--k", result.k)},
        {"--max-queries", count("--max-queries", result.max_queries)},
        {"--max-base", count("--max-base", result.max_base)},
    };
    result.help = !parse_arguments(argc, argv, known);
    if (result.help) return result;
    if (result.base.empty() || result.queries.empty()) throw usage_error("--base and --queries are needed");
    if (std::ranges::any_of(result.percents, [](std::size_t percent) { return percent > 100; })) {
        throw usage_error("--percent is at most 100");
    }
    return result;
}

void print_help() {
    std::printf(R"(tuned: the recall that tune() promises beside the recall of real queries

usage: tuned --base FILE --queries FILE [options]

  --base FILE            vectors to index     } fvecs bvecs ivecs fbin f16bin u8bin i8bin ibin
  --queries FILE         vectors to look for  }
%s  --percent LIST         recalls to ask for                                     [90,95,99]
  --k N                  neighbours per query                                   [10]
  --max-queries N        use the first N queries
  --max-base N           use the first N vectors of the base
)",
                index_types_help);
}

struct test_set {
    const float_matrix& base;
    const float_matrix& queries;
    const exact_distances& distance;
    const id_matrix& truth;
};

template <class Index>
double recall(const Index& index, const test_set& data, std::size_t k,
              const sextant::search_options<>& found_by) {
    double sum = 0;
    std::vector<std::uint32_t> ids;
    for (std::size_t i = 0; i < data.queries.rows(); ++i) {
        ids.clear();
        for (const auto& hit : index.search(data.queries[i], k, found_by))
            ids.push_back(static_cast<std::uint32_t>(hit.key));
        sum += recall_of(ids, data.truth[i], k, data.queries[i], data.distance);
    }
    return sum / static_cast<double>(data.queries.rows());
}

template <class Index>
void measure(const test_set& data, const tuned_options& settings, sextant::thread_pool& pool) {
    Index index({.dim = data.base.dim});
    std::vector<std::uint64_t> keys(data.base.rows());
    std::iota(keys.begin(), keys.end(), std::uint64_t{0});
    index.build(keys, sextant::rows(data.base.values.data(), data.base.rows(), data.base.dim),
                {.executor = &pool});
    for (const std::size_t percent : settings.percents) {
        const double wanted = static_cast<double>(percent) / 100;
        const auto tuned = index.tune({.recall = wanted, .k = settings.k, .executor = &pool});
        const double real = recall(index, data, settings.k, tuned.options);
        std::printf("  asked for %.2f: ef %5zu   promised %.4f   real queries %.4f   difference %+.4f\n",
                    wanted, tuned.options.ef, tuned.recall, real, real - tuned.recall);
    }
}

void run(const tuned_options& settings) {
    const float_matrix base = read_with_progress(settings.base, settings.max_base);
    const float_matrix queries = read_with_progress(settings.queries, settings.max_queries);
    if (base.dim != queries.dim) throw std::runtime_error("base and queries are of different dimensions");
    if (queries.rows() == 0 || base.rows() < settings.k)
        throw usage_error("--k of so few vectors leaves nothing to measure");
    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    const exact_distances distance(base, settings.metric);
    const id_matrix truth = exact_truth(base, queries, distance, settings.k, threads,
                                        progress_line("computing exact neighbours"));
    sextant::thread_pool pool(threads);
    const test_set data{base, queries, distance, truth};
    for (const std::string_view codec : split(settings.codecs)) {
        std::printf("%.*s, %zu x %zu\n", static_cast<int>(codec.size()), codec.data(), base.rows(), base.dim);
        call_for_index(settings.metric, codec, [&]<class Index> { measure<Index>(data, settings, pool); });
    }
}

} // namespace

int main(int argc, char** argv) {
    return run_program("tuned", [&] {
        const tuned_options settings = parse(argc, argv);
        settings.help ? print_help() : run(settings);
    });
}
