#include "datasets/exact_distance.hpp"
#include "macro/churn_options.hpp"
#include "macro/churn_report.hpp"
#include "macro/churn_run.hpp"
#include "macro/measure.hpp"
#include "macro/program.hpp"
#include "macro/progress_line.hpp"
#include "macro/timing.hpp"
#include "macro/turnover.hpp"
#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace bench;

float_matrix rows_of(const float_matrix& base, std::span<const std::uint32_t> rows) {
    float_matrix some;
    some.dim = base.dim;
    for (const std::uint32_t row : rows) {
        some.values.insert(some.values.end(), base[row].begin(), base[row].end());
    }
    return some;
}

void run(const churn_options& settings) {
    const float_matrix base = read_with_progress(settings.base, settings.max_base);
    const float_matrix queries = read_with_progress(settings.queries, settings.max_queries);
    if (base.dim != queries.dim) {
        throw std::runtime_error("the base has " + std::to_string(base.dim) +
                                 " dimensions, the queries have " + std::to_string(queries.dim));
    }
    if (queries.rows() == 0 || base.rows() / 2 < settings.k) {
        throw usage_error("--k " + std::to_string(settings.k) + " of half of " + std::to_string(base.rows()) +
                          " vectors for " + std::to_string(queries.rows()) +
                          " queries leaves nothing to measure");
    }
    const exact_distances distance(base, settings.build.metric);
    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    const current_truth truth = [&] {
        progress_line line("computing exact neighbours");
        return current_truth(base, queries, distance, settings.k, threads, line);
    }();
    const churn_task task{settings, base, queries, distance};

    turnover contents(base.rows(), settings.kind);
    const churn_report out(settings, base, queries.rows());
    std::vector<churn_run> runs;
    {
        const float_matrix first = rows_of(base, contents.rows());
        for (runner& one : build_all(settings.contestants, settings.build, 1, first)) {
            runs.emplace_back(std::move(one), task);
        }
    }
    std::vector<churn_state> states(runs.size());
    const auto report = [&](std::size_t round) {
        const id_matrix nearest = truth(contents);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            states[i] = runs[i].look(contents, nearest);
            out.reached(runs[i], round, runs[i].since_last(), states[i]);
        }
    };
    report(0);
    const std::size_t per_round = std::max<std::size_t>(1, contents.rows().size() * settings.percent / 100);
    progress_line line("replacing");
    for (std::size_t round = 1; round <= settings.rounds; ++round) {
        const std::vector<replacement> replacements = contents.next_round(per_round);
        take_turns(round, runs.size(), [&](std::size_t i) { runs[i].replace(replacements); });
        line(round, settings.rounds);
        if (round % settings.every == 0 || round == settings.rounds) {
            report(round);
        }
    }

    const float_matrix last = rows_of(base, contents.rows());
    const id_matrix nearest = truth(contents);
    std::vector<runner> fresh = build_all(settings.contestants, settings.build, 1, last);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        churn_run built(std::move(fresh[i]), task);
        out.fresh(built.contestant(), states[i], built.look(contents, nearest));
    }
    for (std::size_t i = 1; i < runs.size(); ++i) {
        out.compared(runs[0], states[0], runs[i], states[i]);
    }
}

} // namespace

int main(int argc, char** argv) {
    return run_program("churn", [&] {
        const churn_options settings = parse_churn_options(argc, argv);
        if (settings.help) {
            std::cout << churn_help_text();
        } else {
            run(settings);
        }
    });
}
