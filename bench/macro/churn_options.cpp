#include "macro/churn_options.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace bench {

churn_options parse_churn_options(int argc, const char* const* argv) {
    churn_options result;
    result.efs = {50, 100, 200};
    std::optional<std::size_t> rounds;
    std::optional<std::size_t> percent;
    std::optional<std::size_t> every;
    parse_common(
        argc, argv,
        {
            {"--replace",
             [&](std::string_view text) {
                 result.build.assign = parse_choice<bool>("--replace", text, {{"assign", true}, {"erase", false}});
             }},
            {"--protocol",
             [&](std::string_view text) {
                 result.kind = parse_choice<protocol>("--protocol", text,
                                                      {{"random", protocol::random}, {"window", protocol::window}});
             }},
            {"--rounds", [&](std::string_view text) { rounds = parse_count("--rounds", text); }},
            {"--percent", [&](std::string_view text) { percent = parse_count("--percent", text); }},
            {"--every", [&](std::string_view text) { every = parse_count("--every", text); }},
            {"--search-ef", count("--search-ef", result.search_ef)},
        },
        result);
    if (result.help) return result;
    const bool window = result.kind == protocol::window;
    result.percent = percent.value_or(window ? 5 : 1);
    if (result.percent > 100) throw usage_error("--percent wants at most 100");
    result.rounds = rounds.value_or(window ? (99 + result.percent) / result.percent : 100);
    result.every = every.value_or(std::max<std::size_t>(1, result.rounds / 5));
    return result;
}

std::string churn_help_text() {
    return R"(churn: what replacing vectors does to an HNSW index: recall, reachability, speed and memory

usage: churn --base FILE --queries FILE --metric l2|ip|cosine [options]

  --base FILE            vectors; the index begins with the   } fvecs bvecs ivecs fbin f16bin u8bin i8bin
                         first half, the others come in       } ibin, converted to what the codec stores
  --queries FILE         vectors to look for                  }
  --metric NAME          l2, ip or cosine
  --library LIST         any of those compiled in (below), comma-separated      [sextant]
  --codec LIST           how vectors are stored, comma-separated                [f32]
  --protocol random      each round replaces keys drawn at random
             window      each round replaces the keys that are oldest           [random]
  --rounds N             [100 at random; of a window as many as replace everything once]
  --percent N            of the vectors, replaced in a round                    [1 at random, 5 of a window]
  --every N              rounds from report to report                           [a fifth of the rounds]
  --replace erase|assign sextant only: erase() and insert(), or insert_or_assign()   [erase]
  --degree N             the paper's M; level 0 holds 2 N links                 [16]
  --ef-construction N                                                           [200]
  --build bulk|insert    sextant only: one build() or insert() row by row       [bulk]
  --build-threads N                                                             [1]
  --ef LIST              at which recall is reported                            [50,100,200]
  --search-ef N          of the searches that are timed                         [100]
  --k N                  neighbours per query                                   [10]
  --max-queries N        use the first N queries
  --max-base N           use the first N vectors of the base
  --format table|json    json prints one object per line                        [table]

All contestants go through the same replacements, in turn within each round, the order reversed from round to
round. One thread replaces; the first half of each round by itself, the second half beside a thread that searches,
where the library allows that, and afterwards that thread searches as long by itself. What is reported, of the
rounds since the report before:
  recall                 against the exact neighbours among the vectors held at that time
  fresh                  the same for an index newly built of what is held at the end
  unreachable            vectors that no walk along links from the entry point reaches
  replaced_per_second    and replace_mean_us, replace_p99_us: replacements with nobody beside
  beside_*               the same beside the thread that searches
  search_*_us            latencies of that thread beside replacements, idle_*_us of it by itself
  bytes_per_vector       sextant: what memory_usage() reports; others: growth of the heap over the build
hnswlib 0.6.2 replaces by adding a label again, which is the work of allow_replace_deleted in later versions; it
does not allow searches meanwhile. It is compiled with this program's flags and gets normalised copies under cosine.

compiled in:)" +
           compiled_in();
}

} // namespace bench
