#include "macro/options.hpp"

#include <string_view>

namespace bench {

options parse_options(int argc, const char* const* argv) {
    options result;
    result.efs = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384};
    parse_common(argc, argv,
                 {
                     {"--truth", [&](std::string_view text) { result.truth = text; }},
                     {"--build-rounds", count("--build-rounds", result.build_rounds)},
                     {"--threads", count("--threads", result.threads)},
                     {"--rounds", count("--rounds", result.rounds)},
                 },
                 result);
    return result;
}

std::string help_text() {
    return R"(recall_qps: recall and queries per second of an HNSW index over real vectors

usage: recall_qps --base FILE --queries FILE --truth FILE --metric l2|ip|cosine [options]

  --base FILE            vectors to index     } fvecs bvecs ivecs fbin f16bin u8bin i8bin ibin,
  --queries FILE         vectors to look for  } converted to what the codec stores
  --truth FILE           exact neighbours, ibin or ivecs; computed by brute force when absent or
                         when --max-base cuts the base short
  --metric NAME          l2, ip or cosine
  --library LIST         any of those compiled in (below), comma-separated      [sextant]
  --codec LIST           how vectors are stored, comma-separated                [f32]
  --degree N             the paper's M; level 0 holds 2 N links                 [16]
  --ef-construction N                                                           [200]
  --build bulk|insert    sextant only: one build() or insert() row by row       [bulk]
  --build-threads N                                                             [1]
  --build-rounds N       builds per library; the median time is reported        [1]
  --ef LIST              [10,16,24,32,48,64,96,128,192,256,384]
  --k N                  neighbours per query                                   [10]
  --threads N            threads that share the queries                         [1]
  --rounds N             timed passes over the queries per library and ef       [3]
  --max-queries N        use the first N queries
  --max-base N           use the first N vectors of the base
  --format table|json    json prints one object per line                        [table]

Several libraries are built first, then searched in turn: for each ef, for each round, each library once, the
order reversed from round to round. What is reported:
  recall                 share of the k exact neighbours found, averaged over the queries; a vector at exactly
                         the k-th distance counts as well as the one the truth names
  qps                    the median over the rounds; qps_min and qps_max are the slowest and the fastest round
  p50_us p95_us p99_us   latency of single queries over all rounds
  allocations_per_query  calls of malloc and its kin, in a pass of its own, on one thread, after warm-up
  distances_per_query    distances computed, counted in an untimed pass
  bytes_per_vector       sextant: what memory_usage() reports; others: growth of the heap over the build
hnswlib is compiled with this program's flags, Faiss comes compiled; both get normalised copies under cosine.

compiled in:)" +
           compiled_in();
}

} // namespace bench
