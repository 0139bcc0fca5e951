#include "macro/report.hpp"

#include "macro/json_line.hpp"
#include <iomanip>
#include <iostream>
#include <string_view>

namespace bench {
namespace {

/// How the library was given the vectors: sextant has a choice, hnswlib takes them one by one, Faiss all at
/// once.
std::string_view build_kind(const runner& one, const options& settings) {
    const bool bulk = one.who.library == "sextant" ? settings.build.bulk : one.who.library != "hnswlib";
    return bulk ? "bulk" : "insert";
}

} // namespace

report::report(const options& settings, std::size_t vectors, std::size_t dim, std::size_t queries)
    : settings_(settings), vectors_(vectors), dim_(dim), queries_(queries) {
    if (!settings.json) {
        std::cout << settings.base.filename().string() << ": " << vectors << " vectors of " << dim
                  << " dimensions, " << queries << " queries, " << name_of(settings.build.metric)
                  << ", degree " << settings.build.degree << ", ef_construction "
                  << settings.build.ef_construction << ", threads " << settings.threads << std::endl;
    }
}

void report::built(const runner& one) const {
    const double per_second = static_cast<double>(vectors_) / one.build.seconds;
    if (settings_.json) {
        json_line()
            .add("event", "build")
            .add("library", one.who.library)
            .add("codec", one.who.codec->name)
            .add("seconds", one.build.seconds)
            .add("vectors_per_second", per_second)
            .add("bytes_per_vector", one.build.bytes_per_vector)
            .add("seconds_min", one.build.seconds_min)
            .add("seconds_max", one.build.seconds_max)
            .add("build", build_kind(one, settings_))
            .add("threads", settings_.build.threads)
            .add("base", settings_.base.filename().string())
            .add("vectors", vectors_)
            .add("dim", dim_)
            .add("metric", name_of(settings_.build.metric))
            .add("degree", settings_.build.degree)
            .add("ef_construction", settings_.build.ef_construction)
            .print();
        return;
    }
    std::cout << std::fixed << one.who.library << ' ' << one.who.codec->name << ": built in "
              << std::setprecision(2) << one.build.seconds << " s with " << settings_.build.threads
              << (settings_.build.threads == 1 ? " thread, " : " threads, ") << std::setprecision(0)
              << per_second << " vectors/s, " << one.build.bytes_per_vector << " bytes per vector"
              << std::endl;
}

void report::start_searches() const {
    if (!settings_.json) {
        std::cout << "\nlibrary  codec      ef   recall        qps  (slowest to fastest)     p50 us   p95 us "
                     "  p99 us  "
                     "allocations  distances"
                  << std::endl;
    }
}

void report::searched(const runner& one, std::size_t ef, const search_result& result) const {
    if (settings_.json) {
        json_line()
            .add("event", "search")
            .add("library", one.who.library)
            .add("codec", one.who.codec->name)
            .add("ef", ef)
            .add("recall", result.recall)
            .add("qps", result.qps)
            .add("p50_us", result.p50_us)
            .add("p95_us", result.p95_us)
            .add("p99_us", result.p99_us)
            .add("allocations_per_query", result.allocations_per_query)
            .add("distances_per_query", result.distances_per_query)
            .add("qps_min", result.qps_min)
            .add("qps_max", result.qps_max)
            .add("k", settings_.k)
            .add("threads", settings_.threads)
            .add("queries", queries_)
            .print();
        return;
    }
    std::cout << std::fixed << std::left << std::setw(8) << one.who.library << ' ' << std::setw(7)
              << one.who.codec->name << std::right << std::setw(6) << ef << std::setprecision(4)
              << std::setw(9) << result.recall << std::setprecision(0) << std::setw(11) << result.qps
              << std::setw(11) << result.qps_min << " to " << std::left << std::setw(9) << result.qps_max
              << std::right << std::setprecision(1) << std::setw(9) << result.p50_us << std::setw(9)
              << result.p95_us << std::setw(9) << result.p99_us << std::setw(13)
              << result.allocations_per_query << std::setw(11) << result.distances_per_query << std::endl;
}

} // namespace bench
