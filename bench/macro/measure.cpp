#include "macro/measure.hpp"

#include "macro/count_allocations.hpp"
#include "macro/progress_line.hpp"
#include "macro/recall.hpp"
#include "macro/timing.hpp"
#include <algorithm>
#include <barrier>
#include <limits>
#include <optional>
#include <string>
#include <thread>

namespace bench {
namespace {

/// One contestant at one ef: a searcher and buffers for each thread, and what has been measured so far.
class search_run {
public:
    search_run(peer& index, const search_task& task, std::size_t ef) : task_(task), workers_(task.threads) {
        for (worker& one : workers_) {
            one.search = index.make_searcher(ef, task.k);
            one.ids.resize(task.k);
            one.latencies.reserve(task.rounds * (task.queries.rows() / task.threads + 1));
        }
    }

    /// Warms up, counts distances and allocations, and checks the answers: everything that needs no clock.
    void untimed() {
        worker& one = workers_.front();
        const std::size_t queries = task_.queries.rows();
        std::uint64_t distances = 0;
        for (std::size_t query = 0; query < queries; ++query) {
            distances += one.search->count_distances(task_.queries[query], one.ids);
        }
        std::uint64_t allocations = 0;
        double recall = 0;
        for (std::size_t query = 0; query < queries; ++query) {
            const std::uint64_t before = allocations_of_this_thread();
            const std::size_t found = one.search->search(task_.queries[query], one.ids);
            allocations += allocations_of_this_thread() - before;
            recall += recall_of(std::span(one.ids).first(found), task_.truth[query], task_.k,
                                task_.queries[query], task_.distance);
        }
        const auto count = static_cast<double>(queries);
        result_.distances_per_query = static_cast<double>(distances) / count;
        result_.allocations_per_query = allocations_are_counted() ? static_cast<double>(allocations) / count
                                                                  : std::numeric_limits<double>::quiet_NaN();
        result_.recall = recall / count;
    }

    void timed_round() {
        if (workers_.size() == 1) {
            work(0);
        } else {
            std::barrier start(static_cast<std::ptrdiff_t>(workers_.size()));
            std::vector<std::jthread> threads;
            for (std::size_t thread = 0; thread < workers_.size(); ++thread) {
                threads.emplace_back([this, thread, &start] {
                    warm_up(thread);
                    start.arrive_and_wait();
                    work(thread);
                });
            }
        }
        const clock::time_point begin = std::ranges::min_element(workers_, {}, &worker::begin)->begin;
        const clock::time_point end = std::ranges::max_element(workers_, {}, &worker::end)->end;
        rounds_qps_.push_back(static_cast<double>(task_.queries.rows()) / seconds_between(begin, end));
    }

    search_result finish() {
        std::vector<double> latencies;
        for (const worker& one : workers_) {
            latencies.insert(latencies.end(), one.latencies.begin(), one.latencies.end());
        }
        std::ranges::sort(latencies);
        result_.p50_us = percentile(latencies, 0.50) * 1e6;
        result_.p95_us = percentile(latencies, 0.95) * 1e6;
        result_.p99_us = percentile(latencies, 0.99) * 1e6;
        result_.qps = median(rounds_qps_);
        result_.qps_min = std::ranges::min(rounds_qps_);
        result_.qps_max = std::ranges::max(rounds_qps_);
        return result_;
    }

private:
    struct alignas(128) worker { // so that threads do not share the lines they write
        std::unique_ptr<searcher> search;
        std::vector<std::uint32_t> ids;
        std::vector<double> latencies; ///< seconds
        clock::time_point begin;
        clock::time_point end;
    };

    // A library's per-thread buffers are made by a thread's first query, which belongs to no round.
    void warm_up(std::size_t thread) {
        if (thread < task_.queries.rows()) {
            workers_[thread].search->search(task_.queries[thread], workers_[thread].ids);
        }
    }

    // One clock reading per query: where one ends the next begins.
    void work(std::size_t thread) {
        worker& one = workers_[thread];
        one.begin = clock::now();
        clock::time_point before = one.begin;
        for (std::size_t query = thread; query < task_.queries.rows(); query += workers_.size()) {
            one.search->search(task_.queries[query], one.ids);
            const clock::time_point after = clock::now();
            one.latencies.push_back(seconds_between(before, after));
            before = after;
        }
        one.end = before;
    }

    const search_task& task_;
    std::vector<worker> workers_;
    std::vector<double> rounds_qps_;
    search_result result_;
};

} // namespace

std::vector<runner> build_all(std::span<const contestant> contestants, const build_settings& settings,
                              std::size_t rounds, const float_matrix& base) {
    std::vector<runner> runners;
    for (const contestant& who : contestants) {
        runners.push_back({who, nullptr, {}});
    }
    std::vector<std::vector<double>> seconds(runners.size());
    for (std::size_t round = 0; round < rounds; ++round) {
        take_turns(round, runners.size(), [&](std::size_t i) {
            runner& one = runners[i];
            progress_line line("building " + std::string(one.who.library) + " " +
                               std::string(one.who.codec->name));
            one.index.reset();
            const double heap_before = heap_bytes_in_use();
            const clock::time_point begin = clock::now();
            one.index = one.who.codec->make(settings, base.dim);
            one.index->build(base, [&](std::size_t done, std::size_t total) { line(done, total); });
            seconds[i].push_back(seconds_between(begin, clock::now()));
            const std::optional<std::size_t> reported = one.index->reported_bytes();
            const double bytes =
                reported ? static_cast<double>(*reported) : heap_bytes_in_use() - heap_before;
            one.build.bytes_per_vector = bytes / static_cast<double>(base.rows());
        });
    }
    for (std::size_t i = 0; i < runners.size(); ++i) {
        build_result& build = runners[i].build;
        build.seconds = median(seconds[i]);
        build.seconds_min = std::ranges::min(seconds[i]);
        build.seconds_max = std::ranges::max(seconds[i]);
    }
    return runners;
}

std::vector<search_result> search_all(std::vector<runner>& runners, const search_task& task, std::size_t ef) {
    std::vector<search_run> runs;
    for (runner& one : runners) {
        runs.emplace_back(*one.index, task, ef);
    }
    progress_line line("searching with ef " + std::to_string(ef));
    for (search_run& run : runs) {
        run.untimed();
    }
    for (std::size_t round = 0; round < task.rounds; ++round) {
        take_turns(round, runs.size(), [&](std::size_t i) { runs[i].timed_round(); });
        line(round + 1, task.rounds);
    }
    std::vector<search_result> results;
    for (search_run& run : runs) {
        results.push_back(run.finish());
    }
    return results;
}

} // namespace bench
