#include "peers/sextant.hpp"

namespace bench {

std::span<const codec_entry> sextant_rabitq_f16_codecs() {
    static constexpr std::array entries{
        codec_entry{"rabitq1+f16", &make_sextant<sextant::rerank<sextant::rabitq<1>, sextant::f16>>},
        codec_entry{"rabitq2+f16", &make_sextant<sextant::rerank<sextant::rabitq<2>, sextant::f16>>},
        codec_entry{"rabitq3+f16", &make_sextant<sextant::rerank<sextant::rabitq<3>, sextant::f16>>},
        codec_entry{"rabitq4+f16", &make_sextant<sextant::rerank<sextant::rabitq<4>, sextant::f16>>},
        codec_entry{"rabitq5+f16", &make_sextant<sextant::rerank<sextant::rabitq<5>, sextant::f16>>},
        codec_entry{"rabitq6+f16", &make_sextant<sextant::rerank<sextant::rabitq<6>, sextant::f16>>},
        codec_entry{"rabitq7+f16", &make_sextant<sextant::rerank<sextant::rabitq<7>, sextant::f16>>},
        codec_entry{"rabitq8+f16", &make_sextant<sextant::rerank<sextant::rabitq<8>, sextant::f16>>},
    };
    return entries;
}

} // namespace bench
