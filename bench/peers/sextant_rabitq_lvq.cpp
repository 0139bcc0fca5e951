#include "peers/sextant.hpp"

namespace bench {

std::span<const codec_entry> sextant_rabitq_lvq_codecs() {
    static constexpr std::array entries{
        codec_entry{"rabitq1+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<1>, sextant::lvq8>>},
        codec_entry{"rabitq2+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<2>, sextant::lvq8>>},
        codec_entry{"rabitq3+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<3>, sextant::lvq8>>},
        codec_entry{"rabitq4+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<4>, sextant::lvq8>>},
        codec_entry{"rabitq5+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<5>, sextant::lvq8>>},
        codec_entry{"rabitq6+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<6>, sextant::lvq8>>},
        codec_entry{"rabitq7+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<7>, sextant::lvq8>>},
        codec_entry{"rabitq8+lvq8", &make_sextant<sextant::rerank<sextant::rabitq<8>, sextant::lvq8>>},
    };
    return entries;
}

} // namespace bench
