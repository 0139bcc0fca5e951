#include "peers/sextant.hpp"

namespace bench {

std::span<const codec_entry> sextant_plain_codecs() {
    static constexpr std::array entries{
        codec_entry{"f32", &make_sextant<sextant::f32>},
        codec_entry{"f16", &make_sextant<sextant::f16>},
        codec_entry{"bf16", &make_sextant<sextant::bf16>},
        codec_entry{"u8", &make_sextant<sextant::u8>},
        codec_entry{"i8", &make_sextant<sextant::i8>},
    };
    return entries;
}

} // namespace bench
