// What `codec`, `learning` and `reranking_codec` promise, over every codec of floats and every metric that it has.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sextant/core/error.hpp>
#include <sextant/simd/reduce.hpp>

#include "codec/aligned_block.hpp"
#include "codec/every/any_codec.hpp"
#include "codec/every/helpers.hpp"
#include "support/allocations.hpp"
#include "support/guarded_memory.hpp"

namespace every_codec_test {

using codec_test::aligned_block;
using codec_test::any_codec;
using codec_test::codec_case;
using codec_test::coding;
using codec_test::metric_kind;
using codec_test::reals;

constexpr std::size_t most_codes = sextant::simd::kernel_rows;
constexpr float untouched = -12345.0f;

constexpr std::size_t dimensions[] = {1,  2,  3,  4,  7,  8,  9,  15,  16,  17,  31,  32,  33,  47,  48,  63, 64,
                                      65, 70, 95, 96, 97, 100, 127, 128, 129, 130, 191, 192, 200, 257, 384, 1000};

/// A codec, and whether it has met its data.
struct parameter {
    codec_case codec;
    bool fitted;

    std::string name() const { return codec.name + (fitted ? "_fitted" : ""); }
    friend void PrintTo(const parameter& p, std::ostream* out) { *out << p.name(); }
};

std::vector<parameter> parameters() {
    std::vector<parameter> all;
    for (codec_case& c : codec_test::every_codec()) {
        const bool learns = c.make(1)->learns();
        all.push_back({c, false});
        if (learns) all.push_back({std::move(c), true});
    }
    return all;
}

class every_codec : public testing::TestWithParam<parameter> {
protected:
    static constexpr std::uint64_t sample_seed = 900;

    support::matrix<float> rows(std::size_t count, std::size_t dim, std::uint64_t seed) const {
        return codec_test::rows_for(GetParam().codec, count, dim, seed);
    }

    std::unique_ptr<any_codec> make(std::size_t dim) const {
        auto codec = GetParam().codec.make(dim);
        if (GetParam().fitted) codec->fit(codec_test::view(rows(20, dim, sample_seed)));
        return codec;
    }

    /// What the codec counts vectors from.
    reals mean(std::size_t dim) const {
        if (!GetParam().fitted) return reals(dim, 0.0);
        return codec_test::mean_of(metric(), rows(20, dim, sample_seed));
    }

    metric_kind metric() const { return GetParam().codec.metric; }
};

struct stored {
    aligned_block code;
    aligned_block cold;

    stored(const any_codec& codec, std::span<const float> vector) : code(codec.code_bytes()), cold(codec.cold_bytes()) {
        codec.encode(vector, code.get());
        codec.encode_cold(vector, code.get(), cold.get());
    }
};

float distance(const any_codec& codec, std::span<const float> query, const stored& to) {
    const aligned_block bytes(codec.query_bytes());
    const std::byte* const code = to.code.get();
    float result = std::numeric_limits<float>::quiet_NaN();
    codec.distances(query, bytes.get(), &code, 1, &result);
    return result;
}

float distance(const any_codec& codec, const stored& from, const stored& to) {
    const aligned_block bytes(codec.query_bytes());
    const std::byte* const code = to.code.get();
    float result = std::numeric_limits<float>::quiet_NaN();
    codec.distances_of_stored(from.code.get(), bytes.get(), &code, 1, &result);
    return result;
}

float fine_distance(const any_codec& codec, std::span<const float> query, const stored& to) {
    const aligned_block bytes(codec.fine_query_bytes());
    const std::byte* const code = to.code.get();
    const std::byte* const cold = to.cold.get();
    float result = std::numeric_limits<float>::quiet_NaN();
    codec.fine_distances(query, bytes.get(), &code, &cold, 1, &result);
    return result;
}

std::optional<sextant::errc> refusal(const any_codec& codec, std::span<const float> vector) {
    try {
        codec.check(vector);
    } catch (const sextant::error& e) {
        return e.code();
    }
    return std::nullopt;
}

TEST_P(every_codec, says_its_sizes) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        EXPECT_EQ(codec->dim(), dim);
        EXPECT_EQ(codec->length(), dim);
        EXPECT_GT(codec->code_bytes(), 0u);
        EXPECT_GE(codec->query_bytes(), dim);
        EXPECT_EQ(codec->cold_bytes() > 0, codec->reranks());
        EXPECT_EQ(codec->reranks(), GetParam().codec.cold.form != coding::none);
        EXPECT_EQ(codec->settled(), GetParam().fitted || !codec->learns());
        EXPECT_EQ(codec->learns(), GetParam().codec.code.form == coding::lvq || GetParam().codec.code.form == coding::rabitq);
        if (GetParam().fitted) {
            EXPECT_GE(codec->heap_bytes(), dim * sizeof(float));
        }
    }
}

TEST_P(every_codec, refuses_other_lengths_and_what_has_no_distance) {
    for (const std::size_t dim : {1u, 5u, 64u, 100u}) {
        const auto codec = make(dim);
        const auto data = rows(1, dim + 1, dim);
        EXPECT_EQ(refusal(*codec, std::span(data.values).first(dim)), std::nullopt);
        for (const std::size_t length : {std::size_t{0}, dim - 1, dim + 1}) {
            EXPECT_EQ(refusal(*codec, std::span(data.values).first(length)), sextant::errc::dimension_mismatch);
        }
        for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
            for (std::size_t i = 0; i < dim; ++i) {
                std::vector<float> vector(data.values.begin(), data.values.end() - 1);
                vector[i] = bad;
                EXPECT_EQ(refusal(*codec, vector), sextant::errc::not_finite);
            }
        }
        const std::vector<float> zeros(dim, 0.0f);
        EXPECT_EQ(refusal(*codec, zeros),
                  metric() == metric_kind::cosine ? std::optional(sextant::errc::zero_vector) : std::nullopt);
    }
}

TEST_P(every_codec, writes_every_byte_it_asks_for_and_no_other) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        const auto data = rows(2, dim, dim);
        const stored own(*codec, data[0]);
        const auto expect_written = [&](std::size_t bytes, std::size_t filled, auto&& write) {
            constexpr std::size_t beyond = 256;
            const aligned_block first(bytes + beyond);
            const aligned_block second(bytes + beyond);
            std::fill_n(first.get(), bytes + beyond, std::byte{0x11});
            std::fill_n(second.get(), bytes + beyond, std::byte{0xEE});
            write(first.get());
            write(second.get());
            ASSERT_EQ(std::memcmp(first.get(), second.get(), filled), 0) << "what was there shines through, dim " << dim;
            for (std::size_t i = bytes; i < bytes + beyond; ++i) {
                ASSERT_EQ(first.get()[i], std::byte{0x11}) << "dim " << dim << ", byte " << i << " of " << bytes;
            }
        };
        const auto expect_filled = [&](std::size_t bytes, auto&& write) { expect_written(bytes, bytes, write); };
        expect_filled(codec->code_bytes(), [&](std::byte* at) { codec->encode(data[0], at); });
        // A stored code may take more room than a caller's vector.
        const std::size_t of_query = GetParam().codec.code.form == coding::f32 ? 4 * dim : codec->query_bytes();
        expect_written(codec->query_bytes(), of_query, [&](std::byte* at) { codec->prepare(data[0], at); });
        if (!codec->reranks()) continue;
        expect_filled(codec->cold_bytes(), [&](std::byte* at) { codec->encode_cold(data[0], own.code.get(), at); });
        expect_filled(codec->fine_query_bytes(), [&](std::byte* at) { codec->prepare_fine(data[0], at); });
    }
}

// It may leave them alone, too, and borrow the code.
TEST_P(every_codec, preparing_a_stored_code_writes_its_bytes_alone) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        const stored own(*codec, rows(1, dim, dim)[0]);
        const stored before(*codec, rows(1, dim, dim)[0]);
        const std::size_t bytes = codec->query_bytes();
        const aligned_block block(bytes + 256);
        std::fill_n(block.get(), bytes + 256, std::byte{0x11});
        codec->prepare_stored(own.code.get(), block.get());
        for (std::size_t i = bytes; i < bytes + 256; ++i) ASSERT_EQ(block.get()[i], std::byte{0x11}) << "dim " << dim;
        ASSERT_EQ(std::memcmp(own.code.get(), before.code.get(), codec->code_bytes()), 0);
    }
}

TEST_P(every_codec, compares_1_to_4_codes_as_it_does_each_alone) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        // Whole numbers, because kernels add up floats in another order for one row than for several.
        const auto data = codec_test::whole_rows(most_codes, dim, 10 * dim);
        const auto query = codec_test::whole_rows(1, dim, 10 * dim + 1);
        const stored of_query(*codec, query[0]);
        std::vector<stored> all;
        std::array<const std::byte*, most_codes> codes;
        std::array<const std::byte*, most_codes> cold;
        for (std::size_t c = 0; c < most_codes; ++c) {
            all.emplace_back(*codec, data[c]);
            codes[c] = all[c].code.get();
            cold[c] = all[c].cold.get();
        }
        const aligned_block bytes(std::max(codec->query_bytes(), codec->fine_query_bytes()));
        for (std::size_t n = 0; n <= most_codes; ++n) {
            std::array<float, most_codes + 1> out;
            out.fill(untouched);
            codec->distances(query[0], bytes.get(), codes.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) ASSERT_EQ(out[c], distance(*codec, query[0], all[c])) << "dim " << dim;
            for (std::size_t c = n; c < out.size(); ++c) ASSERT_EQ(out[c], untouched);

            out.fill(untouched);
            codec->distances_of_stored(of_query.code.get(), bytes.get(), codes.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) ASSERT_EQ(out[c], distance(*codec, of_query, all[c])) << "dim " << dim;
            for (std::size_t c = n; c < out.size(); ++c) ASSERT_EQ(out[c], untouched);
            if (!codec->reranks()) continue;

            out.fill(untouched);
            codec->fine_distances(query[0], bytes.get(), codes.data(), cold.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) ASSERT_EQ(out[c], fine_distance(*codec, query[0], all[c])) << "dim " << dim;
            for (std::size_t c = n; c < out.size(); ++c) ASSERT_EQ(out[c], untouched);
        }
    }
}

TEST_P(every_codec, gives_back_what_was_stored_up_to_its_loss) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        const auto data = rows(8, dim, 20 * dim);
        for (std::size_t row = 0; row < data.rows; ++row) {
            const stored own(*codec, data[row]);
            const reals x = codec_test::seen(metric(), data[row]);
            const reals y = codec_test::sum_of(x, mean(dim), -1.0);
            const double length = metric() == metric_kind::cosine ? codec_test::norm(codec_test::widened(data[row])) : 1.0;
            const double rounding = 8.0 * std::numeric_limits<float>::epsilon() * codec_test::norm(x);
            std::vector<float> back(dim, untouched);
            codec->decode(own.code.get(), back);
            const auto lost = [&] {
                return codec_test::norm(codec_test::sum_of(codec_test::widened(back), codec_test::widened(data[row]), -1.0));
            };
            ASSERT_LE(lost(), (codec_test::loss(GetParam().codec.code, x, y) + rounding) * length) << "dim " << dim;
            if (!codec->reranks()) continue;
            std::fill(back.begin(), back.end(), untouched);
            codec->decode_cold(own.code.get(), own.cold.get(), back);
            ASSERT_LE(lost(), (codec_test::loss(GetParam().codec.cold, x, y) + rounding) * length) << "dim " << dim;
        }
    }
}

// What is lost of two vectors moves their squared distance D by (2√D + e)·e at most, e being the length of what is lost of
// both. RaBitQ keeps the norms and estimates the product, so there the bound is larger; and so do rounded queries.
TEST_P(every_codec, distances_are_off_by_what_is_lost_at_most) {
    const codec_case& c = GetParam().codec;
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        const auto data = rows(6, dim, 30 * dim);
        const reals centre = mean(dim);
        std::vector<stored> all;
        for (std::size_t row = 0; row < data.rows; ++row) all.emplace_back(*codec, data[row]);
        for (std::size_t a = 0; a < data.rows; ++a) {
            for (std::size_t b = 0; b < data.rows; ++b) {
                const reals q = codec_test::seen(metric(), data[a]);
                const reals x = codec_test::seen(metric(), data[b]);
                const reals yq = codec_test::sum_of(q, centre, -1.0);
                const reals yx = codec_test::sum_of(x, centre, -1.0);
                const double expected = codec_test::distance_of(metric(), q, x);
                const auto tolerance = [&](coding form, double e, double of_query) {
                    const reals apart = codec_test::sum_of(q, x, -1.0);
                    const double far = form == coding::rabitq ? codec_test::norm(yq) + codec_test::norm(yx)
                                                              : codec_test::norm(apart);
                    const double lengths = codec_test::norm(q) + codec_test::norm(x) + 1.0;
                    const double rounding = 4.0 * std::sqrt(static_cast<double>(dim) + 16.0) *
                                            static_cast<double>(std::numeric_limits<float>::epsilon()) * lengths * lengths;
                    // An inner product is compared as it is by codecs of floats, where what is lost counts in full.
                    const bool plain = metric() == metric_kind::inner_product && form != coding::lvq;
                    return (2.0 * (plain ? lengths : far) + e) * e + 2.0 * of_query * (codec_test::norm(yx) + e) + rounding;
                };
                const double eight_bits = codec_test::norm(yq) * std::sqrt(static_cast<double>(dim)) / 255.0;
                const bool rounds_queries = c.code.form == coding::lvq || c.code.form == coding::rabitq;
                const double of_x = codec_test::loss(c.code, x, yx);
                ASSERT_NEAR(distance(*codec, data[a], all[b]), expected,
                            tolerance(c.code.form, of_x, rounds_queries ? eight_bits : 0.0))
                    << "dim " << dim;
                ASSERT_NEAR(distance(*codec, all[a], all[b]), expected,
                            tolerance(c.code.form, of_x + codec_test::loss(c.code, q, yq), 0.0))
                    << "dim " << dim;
                if (!codec->reranks()) continue;
                // A cold code of LVQ's own has a query of 16 bits; one of another codec has that codec's.
                const bool residual = c.cold.bits > 8;
                const double of_query = c.cold.form == coding::lvq ? eight_bits / (residual ? 128.0 : 1.0) : 0.0;
                ASSERT_NEAR(fine_distance(*codec, data[a], all[b]), expected,
                            tolerance(c.cold.form, codec_test::loss(c.cold, x, yx), of_query))
                    << "dim " << dim;
            }
        }
    }
}

TEST_P(every_codec, distances_of_stored_codes_are_symmetric_up_to_rounding) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        const auto data = rows(2, dim, 40 * dim);
        const stored a(*codec, data[0]);
        const stored b(*codec, data[1]);
        const double lengths = codec_test::norm(codec_test::seen(metric(), data[0])) +
                               codec_test::norm(codec_test::seen(metric(), data[1])) + 1.0;
        ASSERT_NEAR(distance(*codec, a, b), distance(*codec, b, a),
                    4.0 * std::numeric_limits<float>::epsilon() * std::sqrt(static_cast<double>(dim) + 64.0) * lengths * lengths)
            << "dim " << dim;
    }
}

TEST_P(every_codec, reports_no_negative_distance_where_the_metric_has_none) {
    for (const std::size_t dim : dimensions) {
        const auto codec = make(dim);
        const auto data = rows(1, dim, dim);
        const stored own(*codec, data[0]);
        // Whatever is closest to what the caller gets.
        const bool fine = codec->reranks();
        for (const float raw : {fine ? fine_distance(*codec, data[0], own) : distance(*codec, own, own), 0.0f, 3.5f}) {
            const float reported = codec->reported(raw);
            if (metric() == metric_kind::inner_product) {
                ASSERT_EQ(reported, raw);
            } else {
                ASSERT_EQ(reported, std::max(raw, 0.0f));
            }
        }
    }
}

TEST_P(every_codec, allocates_nothing_once_a_thread_has_been_through) {
    if (!support::operator_new_is_watched()) GTEST_SKIP();
    for (const std::size_t dim : {1u, 7u, 64u, 100u, 1000u}) {
        const auto codec = make(dim);
        const auto data = rows(1, dim, dim);
        const aligned_block code(codec->code_bytes());
        const aligned_block cold(codec->cold_bytes());
        const aligned_block bytes(std::max(codec->query_bytes(), codec->fine_query_bytes()));
        std::vector<float> back(dim);
        const std::byte* const codes[] = {code.get()};
        const std::byte* const colds[] = {cold.get()};
        float out;
        const auto everything = [&] {
            codec->check(data[0]);
            codec->encode(data[0], code.get());
            codec->encode_cold(data[0], code.get(), cold.get());
            codec->decode(code.get(), back);
            codec->decode_cold(code.get(), cold.get(), back);
            codec->distances(data[0], bytes.get(), codes, 1, &out);
            codec->fine_distances(data[0], bytes.get(), codes, colds, 1, &out);
        };
        const auto of_stored = [&] { codec->distances_of_stored(code.get(), bytes.get(), codes, 1, &out); };
        everything();
        std::size_t asked = support::allocations();
        of_stored();
        EXPECT_EQ(support::allocations(), asked) << "a stored code as a query needs nothing, even the first time";
        for (int again = 0; again < 3; ++again) {
            everything();
            of_stored();
        }
        EXPECT_EQ(support::allocations(), asked) << "dim " << dim;
    }
}

TEST_P(every_codec, learns_from_64_vectors_if_at_all) {
    const std::size_t dim = 20;
    const auto codec = make(dim);
    const auto data = rows(200, dim, 77);
    const bool learns = codec->learns() && !GetParam().fitted;
    for (std::size_t row = 0; row < data.rows; ++row) {
        codec->observe(data[row]);
        ASSERT_EQ(codec->settled(), !learns || row + 1 >= 64) << row;
    }
    if (!support::operator_new_is_watched()) return;
    const std::size_t asked = support::allocations();
    codec->observe(data[0]);
    EXPECT_EQ(support::allocations(), asked);
}

/// The longest multiple that the codec takes of a direction that it takes as it is.
std::vector<float> longest(const any_codec& codec, const std::vector<float>& direction) {
    const auto scaled = [&](float factor) {
        std::vector<float> vector = direction;
        for (float& value : vector) value *= factor;
        return vector;
    };
    float taken = 1.0f;
    float refused = 1e21f;
    for (int step = 0; step < 60; ++step) {
        const float middle = step < 30 ? std::sqrt(taken) * std::sqrt(refused) : taken + (refused - taken) / 2;
        (refusal(codec, scaled(middle)) ? refused : taken) = middle;
    }
    return scaled(taken);
}

// Spikes against vectors of equal coordinates are where the sums that cancel are largest.
TEST_P(every_codec, whatever_it_takes_has_finite_distances) {
    for (const std::size_t dim : {1u, 2u, 3u, 64u, 130u, 1000u, 65'536u}) {
        std::vector<float> spike(dim, 0.0f);
        spike.back() = -1.0f;
        const std::vector<float> flat(dim, 1.0f / std::sqrt(static_cast<float>(dim)));
        auto mixed = support::random_floats(dim, dim, -2.0f, 1.0f);
        mixed[0] = 2.0f;
        for (const bool fitted : {false, true}) {
            if (dim > 1000 && fitted != GetParam().fitted) continue;
            const auto codec = GetParam().codec.make(dim);
            std::vector<std::vector<float>> vectors;
            for (const auto& direction : {spike, flat, mixed}) {
                for (const float sign : {1.0f, -1.0f}) {
                    auto signed_direction = direction;
                    for (float& value : signed_direction) value *= sign;
                    if (refusal(*codec, signed_direction)) continue;  // u8 has no negative numbers
                    vectors.push_back(longest(*codec, signed_direction));
                    if (dim > 1000) continue;
                    vectors.push_back(signed_direction);
                    for (float& value : signed_direction) value *= 1e-14f;
                    if (!refusal(*codec, signed_direction)) vectors.push_back(signed_direction);
                    for (float& value : signed_direction) value *= 1e-16f;
                    if (!refusal(*codec, signed_direction)) vectors.push_back(signed_direction);
                    for (float& value : signed_direction) value *= 1e-12f;  // below the normal floats
                    if (!refusal(*codec, signed_direction)) vectors.push_back(signed_direction);
                }
            }
            ASSERT_FALSE(vectors.empty());
            if (fitted) codec->fit({vectors[0].data(), 1, dim});
            std::vector<stored> all;
            for (const auto& vector : vectors) all.emplace_back(*codec, vector);
            std::vector<float> back(dim);
            for (std::size_t a = 0; a < all.size(); ++a) {
                ASSERT_TRUE(codec->valid(all[a].code.get(), all[a].cold.get())) << "dim " << dim << ", vector " << a;
                codec->decode(all[a].code.get(), back);
                for (const float value : back) ASSERT_TRUE(std::isfinite(value)) << "dim " << dim << ", vector " << a;
                for (std::size_t b = 0; b < all.size(); ++b) {
                    ASSERT_TRUE(std::isfinite(distance(*codec, vectors[a], all[b]))) << "dim " << dim << ": " << a << ", " << b;
                    ASSERT_TRUE(std::isfinite(distance(*codec, all[a], all[b]))) << "dim " << dim << ": " << a << ", " << b;
                    if (!codec->reranks()) continue;
                    ASSERT_TRUE(std::isfinite(fine_distance(*codec, vectors[a], all[b]))) << "dim " << dim << ": " << a << ", " << b;
                }
            }
        }
    }
}

/// Memory that ends where the bytes end. Codes begin on cache lines in a graph; these codecs do not depend on it.
TEST_P(every_codec, touches_nothing_before_or_past_its_bytes) {
    const support::guarded_memory code_end(1u << 14u);
    const support::guarded_memory cold_end(1u << 14u);
    const support::guarded_memory query_end(1u << 14u);
    for (const bool at_the_end : {true, false}) {
        const auto place = [&](const support::guarded_memory& memory, std::size_t bytes) {
            return at_the_end ? memory.last(bytes) : memory.first();
        };
        for (const std::size_t dim : dimensions) {
            const auto codec = make(dim);
            const auto data = rows(2, dim, dim);
            const stored other(*codec, data[1]);
            std::byte* const code = place(code_end, codec->code_bytes());
            std::byte* const cold = place(cold_end, codec->cold_bytes());
            // Floats in a query want their alignment.
            std::byte* const query = place(query_end, codec->query_bytes());
            std::byte* const fine_query = place(query_end, codec->fine_query_bytes());
            std::vector<float> back(dim);
            codec->encode(data[0], code);
            codec->decode(code, back);
            for (const std::byte* const to : {static_cast<const std::byte*>(code), static_cast<const std::byte*>(other.code.get())}) {
                float out;
                codec->distances(data[1], query, &to, 1, &out);
                codec->distances_of_stored(code, query, &to, 1, &out);
                codec->distances_of_stored(other.code.get(), query, &to, 1, &out);
                ASSERT_TRUE(std::isfinite(out));
            }
            if (!codec->reranks()) continue;
            codec->encode_cold(data[0], code, cold);
            codec->decode_cold(code, cold, back);
            const std::byte* const codes[] = {code};
            const std::byte* const colds[] = {cold};
            float out;
            codec->fine_distances(data[1], fine_query, codes, colds, 1, &out);
            ASSERT_TRUE(std::isfinite(out));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(all, every_codec, testing::ValuesIn(parameters()),
                         [](const auto& of) { return of.param.name(); });

}  // namespace every_codec_test
