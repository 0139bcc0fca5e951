#include "codec/every/any_codec.hpp"

namespace codec_test {

void add_lvq_codecs(std::vector<codec_case>& cases) {
    add_cases<sextant::lvq<8>>(cases, "lvq8", {coding::lvq, 8});
    add_cases<sextant::lvq<4>>(cases, "lvq4", {coding::lvq, 4});
    add_cases<sextant::lvq<4, 8>>(cases, "lvq4x8", {coding::lvq, 4}, {coding::lvq, 11});
    add_cases<sextant::lvq<8, 4>>(cases, "lvq8x4", {coding::lvq, 8}, {coding::lvq, 11});  // the second is padded further
}

}  // namespace codec_test
