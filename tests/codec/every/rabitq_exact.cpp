#include "codec/every/any_codec.hpp"

namespace codec_test {

void add_exact_rabitq_codecs(std::vector<codec_case>& cases) {
    add_cases<sextant::rabitq<4, sextant::rabitq_encoding::exact>>(cases, "rabitq4_exact", {coding::rabitq, 4});
}

}  // namespace codec_test
