#include "datasets/exact_distance.hpp"
#include "datasets/exact_truth.hpp"
#include "datasets/read_matrix.hpp"
#include "macro/measure.hpp"
#include "macro/options.hpp"
#include "macro/program.hpp"
#include "macro/report.hpp"
#include <algorithm>
#include <iostream>
#include <string>
#include <thread>

namespace {

using namespace bench;

/// Read from the file, or computed where there is none or it was made for a larger base.
id_matrix find_truth(const options& settings, const float_matrix& base, const float_matrix& queries,
                     const exact_distances& distance) {
    if (settings.truth && base.rows() < settings.max_base) {
        id_matrix truth = read_truth(*settings.truth, base.rows(), queries.rows());
        if (truth.rows() < queries.rows()) {
            throw std::runtime_error(settings.truth->string() + ": has " + std::to_string(truth.rows()) +
                                     " rows for " + std::to_string(queries.rows()) + " queries");
        }
        if (truth.dim < settings.k) {
            throw usage_error("--k " + std::to_string(settings.k) + " is more than the " +
                              std::to_string(truth.dim) +
                              " neighbours the truth holds; without --truth they are computed");
        }
        return truth;
    }
    progress_line line("computing exact neighbours");
    return exact_truth(base, queries, distance, settings.k, std::max(1u, std::thread::hardware_concurrency()),
                       line);
}

void run(const options& settings) {
    const float_matrix base = read_with_progress(settings.base, settings.max_base);
    const float_matrix queries = read_with_progress(settings.queries, settings.max_queries);
    if (base.dim != queries.dim) {
        throw std::runtime_error("the base has " + std::to_string(base.dim) +
                                 " dimensions, the queries have " + std::to_string(queries.dim));
    }
    if (queries.rows() == 0 || base.rows() < settings.k) {
        throw usage_error("--k " + std::to_string(settings.k) + " of " + std::to_string(base.rows()) +
                          " vectors for " + std::to_string(queries.rows()) +
                          " queries leaves nothing to measure");
    }
    const exact_distances distance(base, settings.build.metric);
    const id_matrix truth = find_truth(settings, base, queries, distance);

    const report out(settings, base.rows(), base.dim, queries.rows());
    std::vector<runner> runners =
        build_all(settings.contestants, settings.build, settings.build_rounds, base);
    for (const runner& one : runners) {
        out.built(one);
    }
    out.start_searches();
    const search_task task{queries, truth, distance, settings.k, settings.threads, settings.rounds};
    for (const std::size_t ef : settings.efs) {
        const std::vector<search_result> results = search_all(runners, task, ef);
        for (std::size_t i = 0; i < runners.size(); ++i) {
            out.searched(runners[i], ef, results[i]);
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    return run_program("recall_qps", [&] {
        const options settings = parse_options(argc, argv);
        if (settings.help) {
            std::cout << help_text();
        } else {
            run(settings);
        }
    });
}
