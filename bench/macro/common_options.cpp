#include "macro/common_options.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace bench {

void parse_common(int argc, const char* const* argv, setters own, common_options& result) {
    std::string library_list = "sextant";
    std::string codec_list = "f32";
    bool metric_given = false;
    own.merge(setters{
        {"--base", [&](std::string_view text) { result.base = text; }},
        {"--queries", [&](std::string_view text) { result.queries = text; }},
        {"--metric",
         [&](std::string_view text) {
             result.build.metric = parse_metric(text);
             metric_given = true;
         }},
        {"--codec", [&](std::string_view text) { codec_list = text; }},
        {"--library", [&](std::string_view text) { library_list = text; }},
        {"--degree", count("--degree", result.build.degree)},
        {"--ef-construction", count("--ef-construction", result.build.ef_construction)},
        {"--build-threads", count("--build-threads", result.build.threads)},
        {"--build",
         [&](std::string_view text) {
             result.build.bulk = parse_choice<bool>("--build", text, {{"bulk", true}, {"insert", false}});
         }},
        {"--ef", [&](std::string_view text) { result.efs = parse_counts("--ef", text); }},
        {"--k", count("--k", result.k)},
        {"--max-queries", count("--max-queries", result.max_queries)},
        {"--max-base", count("--max-base", result.max_base)},
        {"--format",
         [&](std::string_view text) {
             result.json = parse_choice<bool>("--format", text, {{"json", true}, {"table", false}});
         }},
    });
    if (!parse_arguments(argc, argv, own)) {
        result.help = true;
        return;
    }
    if (result.base.empty() || result.queries.empty() || !metric_given) {
        throw usage_error("--base, --queries and --metric are needed; --help lists all options");
    }
    if (result.build.degree < 2) throw usage_error("--degree wants at least 2");
    result.contestants = choose_contestants(library_list, codec_list);
}

} // namespace bench
