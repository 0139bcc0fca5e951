#pragma once

#include <sextant/sextant.hpp>

#include "macro/arguments.hpp"
#include <string>
#include <string_view>

/// The kinds of index that programs measure which ask for more than a peer can do.
namespace bench {

constexpr const char* index_types_help =
    R"(  --metric NAME          l2 or cosine                                           [l2]
  --codec LIST           of f32, f16, u8, lvq8, rabitq2+f16, comma-separated    [f32]
)";

template <class Metric, class F>
void call_for_codec(std::string_view name, F&& f) {
    namespace sx = sextant;
    if (name == "f32") return f.template operator()<sx::index<Metric, sx::f32>>();
    if (name == "f16") return f.template operator()<sx::index<Metric, sx::f16>>();
    if (name == "u8") return f.template operator()<sx::index<Metric, sx::u8>>();
    if (name == "lvq8") return f.template operator()<sx::index<Metric, sx::lvq<8>>>();
    if (name == "rabitq2+f16")
        return f.template operator()<sx::index<Metric, sx::rerank<sx::rabitq<2>, sx::f16>>>();
    throw usage_error("--codec '" + std::string(name) + "' is not compiled in");
}

/// Calls f, a template, with the type of index that a metric and a codec of these names make.
template <class F>
void call_for_index(metric_kind metric, std::string_view codec, F&& f) {
    switch (metric) {
    case metric_kind::l2: return call_for_codec<sextant::l2>(codec, f);
    case metric_kind::cosine: return call_for_codec<sextant::cosine>(codec, f);
    case metric_kind::ip: break;
    }
    throw usage_error("--metric is l2 or cosine here");
}

} // namespace bench
