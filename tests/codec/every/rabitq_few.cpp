#include "codec/every/any_codec.hpp"

namespace codec_test {

void add_rabitq_codecs_of_few_bits(std::vector<codec_case>& cases) {
    add_cases<sextant::rabitq<1>>(cases, "rabitq1", {coding::rabitq, 1});
    add_cases<sextant::rabitq<2>>(cases, "rabitq2", {coding::rabitq, 2});
    add_cases<sextant::rabitq<3>>(cases, "rabitq3", {coding::rabitq, 3});
    add_cases<sextant::rabitq<4>>(cases, "rabitq4", {coding::rabitq, 4});
}

}  // namespace codec_test
