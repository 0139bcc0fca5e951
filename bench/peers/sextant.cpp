#include "peers/sextant.hpp"

#include <vector>

namespace bench {

std::span<const codec_entry> sextant_codecs() {
    static const std::vector<codec_entry> entries = [] {
        std::vector<codec_entry> all;
        for (const auto family : {sextant_plain_codecs(), sextant_lvq_codecs(), sextant_rabitq_codecs(),
                                  sextant_rabitq_f16_codecs(), sextant_rabitq_lvq_codecs()}) {
            all.insert(all.end(), family.begin(), family.end());
        }
        return all;
    }();
    return entries;
}

} // namespace bench
