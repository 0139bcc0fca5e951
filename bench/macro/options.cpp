#include "macro/options.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace bench {
namespace {

std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    for (std::size_t comma = 0; comma != std::string_view::npos; list.remove_prefix(comma + 1)) {
        comma = list.find(',');
        parts.push_back(list.substr(0, comma));
        if (comma == std::string_view::npos) {
            break;
        }
    }
    return parts;
}

std::size_t parse_count(const std::string& name, std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0) {
        throw usage_error(name + " wants a whole number above 0, not '" + std::string(text) + "'");
    }
    return value;
}

template <class T>
T parse_choice(const std::string& name, std::string_view text, const std::map<std::string_view, T>& choices) {
    if (const auto chosen = choices.find(text); chosen != choices.end()) {
        return chosen->second;
    }
    std::string known;
    for (const auto& [choice, value] : choices) {
        known.append(known.empty() ? "" : ", ").append(choice);
    }
    throw usage_error(name + " '" + std::string(text) + "' is not available; there is " + known);
}

/// Each library with each of the codecs asked for that it has; a codec that none of them has is an error.
std::vector<contestant> choose_contestants(std::string_view library_list, std::string_view codec_list) {
    std::map<std::string_view, const library_entry*> known_libraries;
    for (const library_entry& library : libraries()) {
        known_libraries[library.name] = &library;
    }
    std::vector<const library_entry*> chosen;
    std::map<std::string_view, bool> known_codecs;
    for (const std::string_view name : split(library_list)) {
        chosen.push_back(parse_choice("--library", name, known_libraries));
        for (const codec_entry& codec : chosen.back()->codecs) {
            known_codecs[codec.name] = true;
        }
    }
    std::vector<contestant> contestants;
    for (const std::string_view name : split(codec_list)) {
        parse_choice("--codec", name, known_codecs);
        for (const library_entry* library : chosen) {
            for (const codec_entry& codec : library->codecs) {
                if (codec.name == name) {
                    contestants.push_back({library->name, &codec});
                }
            }
        }
    }
    return contestants;
}

} // namespace

options parse_options(int argc, const char* const* argv) {
    options result;
    std::string library_list = "sextant";
    std::string codec_list = "f32";
    const auto count = [](const std::string& name, std::size_t& target) {
        return [&target, name](std::string_view text) { target = parse_count(name, text); };
    };
    const std::map<std::string, std::function<void(std::string_view)>> setters{
        {"--base", [&](std::string_view text) { result.base = text; }},
        {"--queries", [&](std::string_view text) { result.queries = text; }},
        {"--truth", [&](std::string_view text) { result.truth = text; }},
        {"--metric",
         [&](std::string_view text) {
             result.build.metric = parse_choice<metric_kind>(
                 "--metric", text,
                 {{"l2", metric_kind::l2}, {"ip", metric_kind::ip}, {"cosine", metric_kind::cosine}});
         }},
        {"--codec", [&](std::string_view text) { codec_list = text; }},
        {"--library", [&](std::string_view text) { library_list = text; }},
        {"--degree", count("--degree", result.build.degree)},
        {"--ef-construction", count("--ef-construction", result.build.ef_construction)},
        {"--build-threads", count("--build-threads", result.build.threads)},
        {"--build-rounds", count("--build-rounds", result.build_rounds)},
        {"--build",
         [&](std::string_view text) {
             result.build.bulk = parse_choice<bool>("--build", text, {{"bulk", true}, {"insert", false}});
         }},
        {"--ef",
         [&](std::string_view text) {
             result.efs.clear();
             for (const std::string_view part : split(text)) {
                 result.efs.push_back(parse_count("--ef", part));
             }
         }},
        {"--k", count("--k", result.k)},
        {"--threads", count("--threads", result.threads)},
        {"--rounds", count("--rounds", result.rounds)},
        {"--max-queries", count("--max-queries", result.max_queries)},
        {"--max-base", count("--max-base", result.max_base)},
        {"--format",
         [&](std::string_view text) {
             result.json = parse_choice<bool>("--format", text, {{"json", true}, {"table", false}});
         }},
    };

    bool metric_given = false;
    for (int i = 1; i < argc; ++i) {
        std::string name = argv[i];
        if (name == "--help" || name == "-h") {
            result.help = true;
            return result;
        }
        std::string value;
        if (const std::size_t equals = name.find('='); equals != std::string::npos) {
            value = name.substr(equals + 1);
            name.erase(equals);
        } else if (setters.contains(name) && ++i < argc) {
            value = argv[i];
        }
        const auto setter = setters.find(name);
        if (setter == setters.end()) {
            throw usage_error("unknown option '" + name + "'; --help lists them");
        }
        if (value.empty()) {
            throw usage_error(name + " wants a value");
        }
        setter->second(value);
        metric_given = metric_given || name == "--metric";
    }
    if (result.base.empty() || result.queries.empty() || !metric_given) {
        throw usage_error("--base, --queries and --metric are needed; --help lists all options");
    }
    if (result.build.degree < 2) throw usage_error("--degree wants at least 2");
    result.contestants = choose_contestants(library_list, codec_list);
    return result;
}

std::string help_text() {
    std::string text = R"(recall_qps: recall and queries per second of an HNSW index over real vectors

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

compiled in:)";
    for (const library_entry& library : libraries()) {
        text.append("\n  ").append(library.name).append(" with");
        for (const codec_entry& codec : library.codecs) {
            text.append(" ").append(codec.name);
        }
    }
    return text + "\n";
}

} // namespace bench
