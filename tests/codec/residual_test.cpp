// What the second code of a residual codec adds, on words.
#include <sextant/codec/residual.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "codec/aligned_block.hpp"
#include "codec/every/any_codec.hpp"
#include "codec/every/helpers.hpp"
#include "support/words.hpp"

namespace residual_test {

using codec_test::aligned_block;
using codec_test::reals;

std::vector<codec_test::codec_case> cases() {
    std::vector<codec_test::codec_case> all;
    codec_test::add_lvq_codecs(all);
    std::erase_if(all, [](const auto& c) { return c.cold.form == codec_test::coding::none; });
    return all;
}

TEST(residual_codec, fine_distances_err_far_less_than_coarse_ones) {
    const support::matrix<float> words = support::read_words(1100).vectors;
    for (const auto& c : cases()) {
        SCOPED_TRACE(c.name);
        const auto codec = c.make(words.dim);
        for (std::size_t row = 0; row < 64; ++row) codec->observe(words[row]);
        const aligned_block code(codec->code_bytes());
        const aligned_block cold(codec->cold_bytes());
        const aligned_block bytes(codec->query_bytes());
        const aligned_block fine_bytes(codec->fine_query_bytes());
        const std::byte* const codes[] = {code.get()};
        const std::byte* const colds[] = {cold.get()};
        double coarse = 0.0;
        double fine = 0.0;
        double scale = 0.0;
        for (std::size_t row = 100; row < 1100; ++row) {
            codec->encode(words[row], code.get());
            codec->encode_cold(words[row], code.get(), cold.get());
            const reals x = codec_test::seen(c.metric, words[row]);
            const reals q = codec_test::seen(c.metric, words[row - 100]);
            const double expected = codec_test::distance_of(c.metric, q, x);
            float out;
            codec->distances(words[row - 100], bytes.get(), codes, 1, &out);
            coarse += (static_cast<double>(out) - expected) * (static_cast<double>(out) - expected);
            codec->fine_distances(words[row - 100], fine_bytes.get(), codes, colds, 1, &out);
            fine += (static_cast<double>(out) - expected) * (static_cast<double>(out) - expected);
            scale += expected * expected;
        }
        // Of lvq<8, 4> the coarse distances lose by their query of 8 bits as well; the fine ones have 16.
        EXPECT_LT(std::sqrt(fine), std::sqrt(coarse) / (c.code.bits == 4 ? 100.0 : 15.0));
        EXPECT_LT(std::sqrt(fine), 2e-4 * std::sqrt(scale));
    }
}

// Half a step of the residual, whose range is one step of the first code.
TEST(residual_codec, gives_back_vectors_to_half_a_fine_step) {
    for (const auto& c : cases()) {
        if (c.metric == codec_test::metric_kind::cosine) continue;
        for (std::size_t dim = 1; dim <= 130; ++dim) {
            const auto codec = c.make(dim);
            const auto data = codec_test::rows_for(c, 1, dim, dim);
            const aligned_block code(codec->code_bytes());
            const aligned_block cold(codec->cold_bytes());
            codec->encode(data[0], code.get());
            codec->encode_cold(data[0], code.get(), cold.get());
            std::vector<float> back(dim);
            codec->decode_cold(code.get(), cold.get(), back);
            const unsigned residual_bits = c.code.bits == 4 ? 8 : 4;
            const double coarse_step = codec_test::spread(codec_test::widened(data[0])) / (std::exp2(c.code.bits) - 1.0);
            const double bound = coarse_step / (std::exp2(residual_bits) - 1.0) / 2.0 + 1e-5;
            for (std::size_t i = 0; i < dim; ++i) ASSERT_NEAR(back[i], data[0][i], bound) << c.name << ", dim " << dim;
        }
    }
}

}  // namespace residual_test
