#include "codec/every/any_codec.hpp"

namespace codec_test {

void add_plain_codecs(std::vector<codec_case>& cases) {
    add_cases<sextant::f32>(cases, "f32", {coding::f32});
    add_cases<sextant::f16>(cases, "f16", {coding::f16});
    add_cases<sextant::bf16>(cases, "bf16", {coding::bf16});
    add_cases<sextant::u8>(cases, "u8", {coding::u8});
    add_cases<sextant::i8>(cases, "i8", {coding::i8});
}

}  // namespace codec_test
