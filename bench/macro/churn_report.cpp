#include "macro/churn_report.hpp"

#include "macro/json_line.hpp"
#include <cmath>
#include <iomanip>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>

namespace bench {
namespace {

std::string_view name_of(protocol kind) { return kind == protocol::random ? "random" : "window"; }

double number(std::optional<std::size_t> count) {
    return count ? static_cast<double>(*count) : std::numeric_limits<double>::quiet_NaN();
}

json_line line_about(std::string_view event, const contestant& who) {
    json_line line;
    line.add("event", event).add("library", who.library).add("codec", who.codec->name);
    return line;
}

/// A number in a column, or a dash where there is none.
void put(double value, int width, int digits) {
    std::cout << std::setw(width);
    if (std::isnan(value)) {
        std::cout << '-';
    } else {
        std::cout << std::setprecision(digits) << value;
    }
}

std::string at_ef(std::string_view name, std::size_t ef) {
    return std::string(name) + "_ef" + std::to_string(ef);
}

} // namespace

churn_report::churn_report(const churn_options& settings, const float_matrix& base, std::size_t queries)
    : settings_(settings) {
    if (settings.json) {
        json_line()
            .add("event", "churn")
            .add("base", settings.base.filename().string())
            .add("vectors", base.rows() / 2)
            .add("dim", base.dim)
            .add("metric", name_of(settings.build.metric))
            .add("queries", queries)
            .add("protocol", name_of(settings.kind))
            .add("rounds", settings.rounds)
            .add("percent", settings.percent)
            .add("replace", settings.build.assign ? "assign" : "erase")
            .add("degree", settings.build.degree)
            .add("ef_construction", settings.build.ef_construction)
            .print();
        return;
    }
    std::cout << settings.base.filename().string() << ": " << base.rows() / 2 << " vectors of " << base.dim
              << " dimensions at a time, " << queries << " queries, " << name_of(settings.build.metric)
              << ", degree " << settings.build.degree << ", ef_construction "
              << settings.build.ef_construction << "\n"
              << settings.rounds << " rounds (" << name_of(settings.kind) << ") that replace "
              << settings.percent << " %\n\nlibrary  codec        round";
    for (const std::size_t ef : settings.efs) {
        std::cout << "  recall@" << std::left << std::setw(4) << ef;
    }
    std::cout
        << " unreachable  replaced/s  mean us   p99 us  beside searches: replaced/s   search p50   p99   "
           "idle p50   p99  bytes"
        << std::endl;
}

void churn_report::reached(const churn_run& one, std::size_t round, const churn_result& result,
                           const churn_state& state) const {
    const contestant& who = one.contestant().who;
    if (settings_.json) {
        json_line line = line_about("round", who);
        line.add("round", round);
        for (std::size_t i = 0; i < settings_.efs.size(); ++i) {
            line.add(at_ef("recall", settings_.efs[i]), state.recall[i]);
        }
        line.add("unreachable", number(state.unreachable))
            .add("replaced_per_second", result.alone.per_second)
            .add("replace_mean_us", result.alone.mean_us)
            .add("replace_p99_us", result.alone.p99_us)
            .add("beside_replaced_per_second", result.beside.per_second)
            .add("beside_replace_mean_us", result.beside.mean_us)
            .add("beside_replace_p99_us", result.beside.p99_us)
            .add("search_p50_us", result.search.p50_us)
            .add("search_p99_us", result.search.p99_us)
            .add("idle_p50_us", result.idle.p50_us)
            .add("idle_p99_us", result.idle.p99_us)
            .add("bytes_per_vector", state.bytes_per_vector)
            .print();
        return;
    }
    std::cout << std::fixed << std::left << std::setw(8) << who.library << ' ' << std::setw(12)
              << who.codec->name << std::right << std::setw(6) << round;
    for (const double recall : state.recall) {
        put(recall, 13, 4);
    }
    put(number(state.unreachable), 13, 0);
    put(result.alone.per_second, 12, 0);
    put(result.alone.mean_us, 9, 0);
    put(result.alone.p99_us, 9, 0);
    put(result.beside.per_second, 29, 0);
    put(result.search.p50_us, 13, 1);
    put(result.search.p99_us, 7, 1);
    put(result.idle.p50_us, 10, 1);
    put(result.idle.p99_us, 7, 1);
    put(state.bytes_per_vector, 7, 0);
    std::cout << std::endl;
}

void churn_report::fresh(const runner& one, const churn_state& churned, const churn_state& built) const {
    if (settings_.json) {
        json_line line = line_about("fresh", one.who);
        for (std::size_t i = 0; i < settings_.efs.size(); ++i) {
            line.add(at_ef("recall", settings_.efs[i]), built.recall[i])
                .add(at_ef("churned_minus_fresh", settings_.efs[i]), churned.recall[i] - built.recall[i]);
        }
        line.add("unreachable", number(built.unreachable))
            .add("bytes_per_vector", built.bytes_per_vector)
            .print();
        return;
    }
    std::cout << std::fixed << std::left << std::setw(8) << one.who.library << ' ' << std::setw(12)
              << one.who.codec->name << std::right << " fresh" << std::setprecision(4);
    for (const double recall : built.recall) {
        std::cout << std::setw(13) << recall;
    }
    std::cout << std::setprecision(0) << std::setw(13) << number(built.unreachable)
              << ", churned minus fresh:" << std::setprecision(4) << std::showpos;
    for (std::size_t i = 0; i < built.recall.size(); ++i) {
        std::cout << ' ' << churned.recall[i] - built.recall[i];
    }
    std::cout << std::noshowpos << std::endl;
}

void churn_report::compared(const churn_run& first, const churn_state& first_state, const churn_run& other,
                            const churn_state& other_state) const {
    const churn_result mine = first.overall();
    const churn_result theirs = other.overall();
    const contestant& who = first.contestant().who;
    const contestant& than = other.contestant().who;
    const double speed = mine.alone.per_second / theirs.alone.per_second;
    const double p99 = mine.alone.p99_us / theirs.alone.p99_us;
    if (settings_.json) {
        json_line line = line_about("ratio", who);
        line.add("to_library", than.library)
            .add("to_codec", than.codec->name)
            .add("replaced_per_second", speed)
            .add("replace_p99_us", p99)
            .add("bytes_per_vector", first_state.bytes_per_vector / other_state.bytes_per_vector);
        for (std::size_t i = 0; i < settings_.efs.size(); ++i) {
            line.add(at_ef("recall_difference", settings_.efs[i]),
                     first_state.recall[i] - other_state.recall[i]);
        }
        line.print();
        return;
    }
    std::cout << who.library << ' ' << who.codec->name << " / " << than.library << ' ' << than.codec->name
              << std::setprecision(2) << ": replaced/s " << speed << ", p99 of a replacement " << p99
              << ", bytes " << first_state.bytes_per_vector / other_state.bytes_per_vector << ", recall"
              << std::setprecision(4) << std::showpos;
    for (std::size_t i = 0; i < settings_.efs.size(); ++i) {
        std::cout << ' ' << first_state.recall[i] - other_state.recall[i];
    }
    std::cout << std::noshowpos << std::endl;
}

} // namespace bench
