#include "codec/every/any_codec.hpp"

namespace codec_test {

void add_rabitq_codecs_of_many_bits(std::vector<codec_case>& cases) {
    add_cases<sextant::rabitq<5>>(cases, "rabitq5", {coding::rabitq, 5});
    add_cases<sextant::rabitq<6>>(cases, "rabitq6", {coding::rabitq, 6});
    add_cases<sextant::rabitq<7>>(cases, "rabitq7", {coding::rabitq, 7});
    add_cases<sextant::rabitq<8>>(cases, "rabitq8", {coding::rabitq, 8});
}

}  // namespace codec_test
