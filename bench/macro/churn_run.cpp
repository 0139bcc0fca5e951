#include "macro/churn_run.hpp"

#include "macro/recall.hpp"
#include "macro/timing.hpp"
#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <utility>

namespace bench {

latencies summarise(std::vector<double> seconds) {
    if (seconds.empty()) {
        return {};
    }
    std::ranges::sort(seconds);
    const double total = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    const auto count = static_cast<double>(seconds.size());
    return {count / total, total / count * 1e6, percentile(seconds, 0.50) * 1e6,
            percentile(seconds, 0.99) * 1e6};
}

std::vector<double> measure_recall(peer& index, const churn_task& task, std::span<const std::uint32_t> rows,
                                   const id_matrix& truth) {
    std::vector<double> recall;
    const std::size_t k = task.settings.k;
    std::vector<std::uint32_t> ids(k);
    for (const std::size_t ef : task.settings.efs) {
        const std::unique_ptr<searcher> search = index.make_searcher(ef, k);
        double sum = 0;
        for (std::size_t query = 0; query < task.queries.rows(); ++query) {
            const std::size_t found = search->search(task.queries[query], ids);
            for (std::uint32_t& id : std::span(ids).first(found)) {
                id = rows[id];
            }
            sum +=
                recall_of(std::span(ids).first(found), truth[query], k, task.queries[query], task.distance);
        }
        recall.push_back(sum / static_cast<double>(task.queries.rows()));
    }
    return recall;
}

churn_run::churn_run(runner one, const churn_task& task) : one_(std::move(one)), task_(task) {}

void churn_run::replace_all(std::span<const replacement> some, std::vector<double>& seconds) {
    for (const replacement& one : some) {
        const clock::time_point before = clock::now();
        one_.index->replace(one.key, task_.base[one.row]);
        seconds.push_back(seconds_between(before, clock::now()));
    }
}

void churn_run::search_until(const std::atomic<bool>& stop, std::vector<double>& seconds) {
    const std::unique_ptr<searcher> search =
        one_.index->make_searcher(task_.settings.search_ef, task_.settings.k);
    std::vector<std::uint32_t> ids(task_.settings.k);
    search->search(task_.queries[0], ids); // a thread's buffers are made by its first query
    clock::time_point before = clock::now();
    while (!stop.load(std::memory_order_relaxed)) {
        search->search(task_.queries[next_query_++ % task_.queries.rows()], ids);
        const clock::time_point after = clock::now();
        seconds.push_back(seconds_between(before, after));
        before = after;
    }
}

void churn_run::replace(std::span<const replacement> round) {
    if (!one_.index->searches_beside_replace()) {
        replace_all(round, recent_.alone);
        return;
    }
    replace_all(round.first(round.size() / 2), recent_.alone);
    std::atomic<bool> stop = false;
    const clock::time_point begin = clock::now();
    {
        std::jthread searching([&] { search_until(stop, recent_.search); });
        replace_all(round.subspan(round.size() / 2), recent_.beside);
        stop = true;
    }
    const auto took = clock::now() - begin;
    stop = false;
    std::jthread searching([&] { search_until(stop, recent_.idle); });
    std::this_thread::sleep_for(took);
    stop = true;
}

churn_result churn_run::summary_of(const samples& measured) {
    return {summarise(measured.alone), summarise(measured.beside), summarise(measured.search),
            summarise(measured.idle)};
}

churn_result churn_run::since_last() {
    const auto keep = [](std::vector<double>& all, const std::vector<double>& recent) {
        all.insert(all.end(), recent.begin(), recent.end());
    };
    keep(all_.alone, recent_.alone);
    keep(all_.beside, recent_.beside);
    keep(all_.search, recent_.search);
    keep(all_.idle, recent_.idle);
    return summary_of(std::exchange(recent_, {}));
}

churn_result churn_run::overall() const { return summary_of(all_); }

churn_state churn_run::look(const turnover& contents, const id_matrix& truth) {
    churn_state state;
    state.recall = measure_recall(*one_.index, task_, contents.rows(), truth);
    state.unreachable = one_.index->unreachable();
    const std::optional<std::size_t> reported = one_.index->reported_bytes();
    state.bytes_per_vector =
        reported ? static_cast<double>(*reported) / static_cast<double>(contents.rows().size())
                 : one_.build.bytes_per_vector;
    return state;
}

} // namespace bench
