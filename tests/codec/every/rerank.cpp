#include "codec/every/any_codec.hpp"

namespace codec_test {

void add_reranking_codecs(std::vector<codec_case>& cases) {
    add_cases<sextant::rerank<sextant::lvq<4>, sextant::f16>>(cases, "lvq4_f16", {coding::lvq, 4}, {coding::f16});
    add_cases<sextant::rerank<sextant::rabitq<1>, sextant::lvq<8>>>(cases, "rabitq1_lvq8", {coding::rabitq, 1},
                                                                    {coding::lvq, 8});
}

}  // namespace codec_test
