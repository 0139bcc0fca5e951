#include "peers/sextant.hpp"

namespace bench {

std::span<const codec_entry> sextant_lvq_codecs() {
    static constexpr std::array entries{
        codec_entry{"lvq8", &make_sextant<sextant::lvq8>},
        codec_entry{"lvq4", &make_sextant<sextant::lvq4>},
        codec_entry{"lvq4x8", &make_sextant<sextant::lvq<4, 8>>},
        codec_entry{"lvq8+f32", &make_sextant<sextant::rerank<sextant::lvq8, sextant::f32>>},
        codec_entry{"lvq8+f16", &make_sextant<sextant::rerank<sextant::lvq8, sextant::f16>>},
        codec_entry{"lvq4+f32", &make_sextant<sextant::rerank<sextant::lvq4, sextant::f32>>},
        codec_entry{"lvq4+f16", &make_sextant<sextant::rerank<sextant::lvq4, sextant::f16>>},
        codec_entry{"lvq4+lvq8", &make_sextant<sextant::rerank<sextant::lvq4, sextant::lvq8>>},
    };
    return entries;
}

} // namespace bench
