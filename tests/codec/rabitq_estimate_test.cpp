// The distances of RaBitQ codes as estimates: what the papers promise, on words.
#include <sextant/codec/rabitq_code.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "codec/aligned_block.hpp"
#include "codec/every/any_codec.hpp"
#include "codec/every/helpers.hpp"
#include "support/words.hpp"

namespace rabitq_estimate_test {

using codec_test::aligned_block;
using codec_test::norm;
using codec_test::reals;
using codec_test::sum_of;

struct errors {
    double mean = 0.0;
    double standard_error = 0.0;
    double within_bound = 0.0;  // the share
    double root_of_squares = 0.0;
};

/// Of the estimated squared distances of disjoint pairs, centred, each in units of the product of the lengths.
errors errors_of(const codec_test::codec_case& c, const support::matrix<float>& words) {
    constexpr std::size_t pairs = 6000;
    const auto codec = c.make(words.dim);
    codec->fit({words.values.data(), 1024, words.dim});
    support::matrix<float> sample{1024, words.dim, words.values};
    const reals mean = codec_test::mean_of(codec_test::metric_kind::l2, sample);
    const aligned_block code(codec->code_bytes());
    const aligned_block bytes(codec->query_bytes());
    std::vector<float> back(words.dim);
    double sum = 0.0;
    double squares = 0.0;
    std::size_t within = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
        // Not neighbours in the file, which is ordered by how frequent words are.
        const auto q = words[i];
        const auto x = words[i + pairs];
        codec->encode(x, code.get());
        const std::byte* const codes[] = {code.get()};
        float estimate;
        codec->distances(q, bytes.get(), codes, 1, &estimate);
        const reals of_q = sum_of(codec_test::widened(q), mean, -1.0);
        const reals of_x = sum_of(codec_test::widened(x), mean, -1.0);
        const reals apart = sum_of(of_q, of_x, -1.0);
        const double error = (static_cast<double>(estimate) - codec_test::dot(apart, apart)) / (norm(of_q) * norm(of_x));
        sum += error;
        squares += error * error;
        codec->decode(code.get(), back);
        // The step makes <x, x̄> the norm of x, so what remains across x is the tangent.
        const reals known = sum_of(codec_test::widened(back), mean, -1.0);
        const double across = norm(sum_of(known, of_x, -1.0)) / norm(of_x);
        within += std::abs(error) <= 2.0 * sextant::rabitq_bound_sigmas * across / std::sqrt(99.0) ? 1u : 0u;
    }
    const double n = pairs;
    return {sum / n, std::sqrt((squares / n - sum / n * (sum / n)) / n), static_cast<double>(within) / n, std::sqrt(squares / n)};
}

std::vector<codec_test::codec_case> cases() {
    std::vector<codec_test::codec_case> all;
    codec_test::add_rabitq_codecs_of_few_bits(all);
    codec_test::add_rabitq_codecs_of_many_bits(all);
    std::erase_if(all, [](const auto& c) { return c.metric != codec_test::metric_kind::l2; });
    return all;
}

TEST(rabitq_estimate, is_unbiased_within_its_bound_and_twice_as_good_with_every_bit) {
    const support::matrix<float> words = support::read_words(12'000).vectors;
    double last = 0.0;
    for (const auto& c : cases()) {
        const errors e = errors_of(c, words);
        EXPECT_LE(std::abs(e.mean), 4.0 * e.standard_error) << c.name;
        // From 5 bits on the query's 8 show.
        if (c.code.bits <= 4) {
            EXPECT_GE(e.within_bound, 0.935) << c.name;
            EXPECT_LE(e.within_bound, 0.965) << c.name;
        }
        if (last > 0.0 && c.code.bits <= 6) {
            EXPECT_LT(e.root_of_squares, 0.62 * last) << c.name;
        }
        const reals unit{1.0};
        const double tangent = codec_test::loss(c.code, unit, unit) / 1.5;
        EXPECT_LE(e.root_of_squares, 2.2 * tangent / std::sqrt(99.0) + 0.004) << c.name;
        last = e.root_of_squares;
    }
}

codec_test::codec_case of_4_bits_for_l2(void (*add)(std::vector<codec_test::codec_case>&)) {
    std::vector<codec_test::codec_case> all;
    add(all);
    std::erase_if(all, [](const auto& c) { return c.metric != codec_test::metric_kind::l2 || c.code.bits != 4; });
    return all.at(0);
}

/// Vectors that turning does not pad: what a code stands for is then decoded whole.
support::matrix<float> unpadded(const support::matrix<float>& words) {
    constexpr std::size_t dim = 64;
    support::matrix<float> result{words.rows, dim, {}};
    for (std::size_t row = 0; row < words.rows; ++row) {
        result.values.insert(result.values.end(), words[row].begin(), words[row].begin() + dim);
    }
    return result;
}

/// How far what a code stands for is from the vector, squared, for each of them.
std::vector<double> losses_of(const codec_test::codec_case& c, const support::matrix<float>& words) {
    const auto codec = c.make(words.dim);
    codec->fit({words.values.data(), 1024, words.dim});
    const aligned_block code(codec->code_bytes());
    std::vector<float> back(words.dim);
    std::vector<double> losses;
    for (std::size_t row = 0; row < words.rows; ++row) {
        codec->encode(words[row], code.get());
        codec->decode(code.get(), back);
        const reals lost = sum_of(codec_test::widened(back), codec_test::widened(words[row]), -1.0);
        losses.push_back(codec_test::dot(lost, lost));
    }
    return losses;
}

TEST(rabitq_estimate, of_an_exact_encoding_is_no_worse) {
    const support::matrix<float> words = support::read_words(12'000).vectors;
    const codec_test::codec_case fast = of_4_bits_for_l2(codec_test::add_rabitq_codecs_of_few_bits);
    const codec_test::codec_case exact = of_4_bits_for_l2(codec_test::add_exact_rabitq_codecs);
    // Which of two codes almost as good errs less for one query is chance.
    EXPECT_LT(errors_of(exact, words).root_of_squares, 1.01 * errors_of(fast, words).root_of_squares);

    const std::vector<double> fast_losses = losses_of(fast, unpadded(words));
    const std::vector<double> exact_losses = losses_of(exact, unpadded(words));
    std::size_t better = 0;
    for (std::size_t row = 0; row < words.rows; ++row) {
        ASSERT_LE(exact_losses[row], fast_losses[row] * (1.0 + 1e-4)) << "row " << row;
        better += exact_losses[row] < fast_losses[row] * (1.0 - 1e-4) ? 1u : 0u;
    }
    EXPECT_GT(better, words.rows / 20);  // it is one in eleven
}

}  // namespace rabitq_estimate_test
