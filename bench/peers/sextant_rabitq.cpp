#include "peers/sextant.hpp"

namespace bench {

std::span<const codec_entry> sextant_rabitq_codecs() {
    static constexpr std::array entries{
        codec_entry{"rabitq1", &make_sextant<sextant::rabitq<1>>},
        codec_entry{"rabitq2", &make_sextant<sextant::rabitq<2>>},
        codec_entry{"rabitq3", &make_sextant<sextant::rabitq<3>>},
        codec_entry{"rabitq4", &make_sextant<sextant::rabitq<4>>},
        codec_entry{"rabitq5", &make_sextant<sextant::rabitq<5>>},
        codec_entry{"rabitq6", &make_sextant<sextant::rabitq<6>>},
        codec_entry{"rabitq7", &make_sextant<sextant::rabitq<7>>},
        codec_entry{"rabitq8", &make_sextant<sextant::rabitq<8>>},
    };
    return entries;
}

} // namespace bench
