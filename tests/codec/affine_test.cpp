// The arithmetic of affine and residual codes, against the same in doubles on what the codes stand for.
#include <sextant/codec/affine.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <vector>

#include <sextant/codec/rabitq.hpp>

#include "codec/aligned_block.hpp"
#include "codec/every/any_codec.hpp"
#include "codec/every/helpers.hpp"

namespace affine_test {

using codec_test::aligned_block;
using codec_test::any_codec;
using codec_test::any_query;
using codec_test::codec_case;
using codec_test::coding;
using codec_test::metric_kind;
using codec_test::norm;
using codec_test::reals;
using codec_test::sum_of;

constexpr double epsilon = std::numeric_limits<float>::epsilon();

/// A stored vector, as the metric sees it: as it was, and as its codes say.
struct stored {
    stored(const any_codec& codec, metric_kind metric, std::span<const float> v, const reals& mean)
        : vector(v.begin(), v.end()), code(codec.code_bytes()), cold(codec.cold_bytes()),
          centre(codec.settled() ? mean : reals(v.size(), 0.0)), x(codec_test::seen(metric, v)),
          length(metric == metric_kind::cosine ? norm(codec_test::widened(v)) : 1.0) {
        codec.encode(v, code.get());
        codec.encode_cold(v, code.get(), cold.get());
        coarse = decoded(codec, false);
        fine = decoded(codec, true);
    }

    reals decoded(const any_codec& codec, bool both) const {
        std::vector<float> back(vector.size());
        if (both) {
            codec.decode_cold(code.get(), cold.get(), back);
        } else {
            codec.decode(code.get(), back);
        }
        reals result = codec_test::widened(back);
        for (double& value : result) value /= length;
        return result;
    }

    std::vector<float> vector;
    aligned_block code;
    aligned_block cold;
    reals centre;
    reals x;
    double length;
    reals coarse;
    reals fine;
};

/// One side of a comparison: the vector, what stands for it in the inner product, and from where it is counted.
struct side {
    const reals& x;
    const reals& known;
    const reals& centre;
    bool own_norm;  ///< whether the norm is that of x, not of what is known

    double squared() const {
        const reals y = sum_of(own_norm ? x : known, centre, -1.0);
        return codec_test::dot(y, y);
    }
};

double expected(metric_kind metric, const side& q, const side& x) {
    // |q − x|² where both are counted from the same point; moving one takes the product of what is known with the way.
    const reals way = sum_of(q.centre, x.centre, -1.0);
    const reals y = sum_of(q.known, q.centre, -1.0);
    const double apart = q.squared() + 2.0 * codec_test::dot(y, way) + codec_test::dot(way, way) + x.squared() -
                         2.0 * codec_test::dot(sum_of(y, way), sum_of(x.known, x.centre, -1.0));
    if (metric == metric_kind::l2) return apart;
    if (metric == metric_kind::cosine) return apart / 2.0;
    return 1.0 - (codec_test::dot(q.x, q.x) + codec_test::dot(x.x, x.x) - apart) / 2.0;
}

/// The difference between the largest and the smallest coordinate that gets rounded.
double spread_in_code_space(codec_test::code_kind kind, const reals& y) {
    if (kind.form == coding::lvq) return codec_test::spread(y);
    const std::vector<float> floats(y.begin(), y.end());
    std::vector<float> turned;
    const auto turn = [&](const auto& quantiser) {
        turned.resize(quantiser.size());
        quantiser.apply(floats.data(), turned.data());
    };
    if (kind.bits % 2 != 0) {
        turn(sextant::rotated_rabitq<1>(y.size()));
    } else {
        turn(sextant::rotated_rabitq<2>(y.size()));
    }
    return codec_test::spread(codec_test::widened(turned));
}

std::vector<codec_case> affine_cases() {
    std::vector<codec_case> cases;
    codec_test::add_lvq_codecs(cases);
    codec_test::add_rabitq_codecs_of_few_bits(cases);
    codec_test::add_rabitq_codecs_of_many_bits(cases);
    codec_test::add_exact_rabitq_codecs(cases);
    return cases;
}

struct parameter : codec_case {
    friend void PrintTo(const parameter& p, std::ostream* out) { *out << p.name; }
};

class affine_codecs : public testing::TestWithParam<parameter> {
protected:
    static constexpr std::size_t few = 4;

    /// Vectors stored before the mean is known and after, and queries prepared before and after.
    struct world {
        world(const codec_case& c, std::size_t dim) : codec(c.make(dim)), data(codec_test::rows_for(c, 80, dim, dim)) {
            support::matrix<float> first = data;
            first.rows = 64;
            mean = codec_test::mean_of(c.metric, first);
            store(c);
            ask(c);
            for (std::size_t row = 0; row < 64; ++row) codec->observe(data[row]);
            EXPECT_TRUE(codec->settled());
            store(c);
            ask(c);
        }

        void store(const codec_case& c) {
            for (std::size_t i = 0; i < few; ++i) all.emplace_back(*codec, c.metric, data[i * 17 + all.size()], mean);
        }

        void ask(const codec_case& c) {
            for (std::size_t i = 0; i < few; ++i) {
                const auto vector = data[70 + i];
                query_codes.emplace_back(*codec, c.metric, vector, mean);
                const stored& own = query_codes.back();
                query_bytes.emplace_back(codec->query_bytes());
                queries.push_back(codec->query(vector, query_bytes.back().get()));
                query_bytes.emplace_back(codec->query_bytes());
                of_stored.push_back(codec->query_of_stored(own.code.get(), query_bytes.back().get()));
                query_bytes.emplace_back(codec->fine_query_bytes());
                fine_queries.push_back(codec->fine_query(vector, query_bytes.back().get()));
            }
        }

        std::unique_ptr<any_codec> codec;
        support::matrix<float> data;
        reals mean;
        std::vector<stored> all;
        std::vector<stored> query_codes;
        std::vector<aligned_block> query_bytes;
        std::vector<any_query> queries;
        std::vector<any_query> of_stored;
        std::vector<any_query> fine_queries;
    };
};

float ask(const any_query& query, const stored& x) {
    const std::byte* const code = x.code.get();
    const std::byte* const cold = x.cold.get();
    float out = std::numeric_limits<float>::quiet_NaN();
    query(&code, &cold, 1, &out);
    return out;
}

TEST_P(affine_codecs, distances_are_those_of_what_the_codes_stand_for_centred_or_not) {
    const codec_case& c = GetParam();
    const bool exact_norms = c.code.form == coding::rabitq;
    const double factor = c.metric == metric_kind::l2 ? 2.0 : 1.0;
    for (const std::size_t dim : {1u, 2u, 5u, 31u, 64u, 100u, 128u, 130u, 256u, 300u}) {
        const world w(c, dim);
        for (std::size_t i = 0; i < w.all.size(); ++i) {
            const stored& x = w.all[i];
            for (std::size_t j = 0; j < w.queries.size(); ++j) {
                const stored& q = w.query_codes[j];
                const double lengths = norm(q.x) + norm(x.x) + norm(q.coarse) + norm(x.coarse) + norm(w.mean) + 1.0;
                const double root = std::sqrt(static_cast<double>(dim) + 64.0);
                const double rounding = epsilon * root * lengths * lengths;
                const reals x_known = sum_of(x.coarse, x.centre, -1.0);
                // The mean takes part in 16 bits.
                const bool across = (j < few) != (i < few);
                const double of_mean = across ? factor * root * 2.0 * norm(w.mean) / 65'278.0 * (norm(x_known) + norm(q.coarse) + norm(w.mean)) : 0.0;
                const double step = spread_in_code_space(c.code, sum_of(q.x, q.centre, -1.0)) / 255.0;
                const double of_query = factor * step / 2.0 * root * (norm(x_known) + (across ? norm(w.mean) : 0.0));
                ASSERT_NEAR(ask(w.queries[j], x),
                            expected(c.metric, {q.x, q.x, q.centre, true}, {x.x, x.coarse, x.centre, exact_norms}),
                            of_query + of_mean + rounding)
                    << "dim " << dim << ", code " << i << ", query " << j;
                // Turned codes also hold something of the padding, which their vectors do not show.
                const bool shown = c.code.form != coding::rabitq || dim % 128 == 0;
                if (shown) {
                    ASSERT_NEAR(
                        ask(w.of_stored[j], x),
                        expected(c.metric, {q.x, q.coarse, q.centre, exact_norms}, {x.x, x.coarse, x.centre, exact_norms}),
                        of_mean + rounding)
                        << "dim " << dim << ", code " << i << ", stored query " << j;
                }
                if (!w.codec->reranks()) continue;
                const double sixteen = factor * step / 256.0 * root * norm(sum_of(x.fine, x.centre, -1.0));
                ASSERT_NEAR(ask(w.fine_queries[j], x),
                            expected(c.metric, {q.x, q.x, q.centre, true}, {x.x, x.fine, x.centre, false}),
                            sixteen + rounding)
                    << "dim " << dim << ", code " << i << ", fine query " << j;
            }
        }
    }
}

TEST_P(affine_codecs, a_code_never_changes_its_meaning) {
    for (const std::size_t dim : {5u, 64u, 100u}) {
        const world w(GetParam(), dim);
        std::size_t changed = 0;
        for (std::size_t i = 0; i < w.all.size(); ++i) {
            EXPECT_EQ(w.all[i].decoded(*w.codec, false), w.all[i].coarse);
            EXPECT_EQ(w.all[i].decoded(*w.codec, true), w.all[i].fine);
        }
        // The same vector has another code once it is centred.
        for (std::size_t j = 0; j < few; ++j) changed += w.query_codes[j].coarse != w.query_codes[j + few].coarse ? 1u : 0u;
        EXPECT_GT(changed, 0u);
    }
}

TEST_P(affine_codecs, centring_is_by_the_mean_of_64_or_of_a_sample) {
    const codec_case& c = GetParam();
    const std::size_t dim = 48;
    const auto data = codec_test::rows_for(c, 64, dim, 5);
    const auto observed = c.make(dim);
    const auto fitted = c.make(dim);
    for (std::size_t row = 0; row < 63; ++row) observed->observe(data[row]);
    EXPECT_FALSE(observed->settled());
    EXPECT_EQ(observed->heap_bytes(), c.make(dim)->heap_bytes());
    observed->observe(data[63]);
    fitted->fit(codec_test::view(data));
    EXPECT_TRUE(observed->settled() && fitted->settled());
    // Settled once: neither does anything more.
    const auto other = codec_test::rows_for(c, 64, dim, 6);
    for (std::size_t row = 0; row < 64; ++row) observed->observe(other[row]);
    fitted->fit(codec_test::view(other));
    for (std::size_t row = 0; row < 10; ++row) {
        const stored a(*observed, c.metric, data[row], {});
        const stored b(*fitted, c.metric, data[row], {});
        ASSERT_EQ(std::memcmp(a.code.get(), b.code.get(), observed->code_bytes()), 0);
    }
}

// Nothing is left of it, so no rounding is either: what remains of a distance is the query's own norm, and that of a query
// in bytes, each off by a 510th of their range at most.
TEST_P(affine_codecs, the_mean_itself_loses_nothing) {
    const codec_case& c = GetParam();
    for (const std::size_t dim : {1u, 33u, 100u}) {
        const auto data = codec_test::rows_for(c, 2, dim, 9);
        const auto codec = c.make(dim);
        codec->fit({data.values.data(), 1, dim});
        const reals mean = codec_test::seen(c.metric, data[0]);
        const stored x(*codec, c.metric, data[0], mean);
        EXPECT_LE(norm(sum_of(x.coarse, x.x, -1.0)), 64.0 * epsilon * norm(x.x));
        const aligned_block bytes(codec->query_bytes());
        const reals q = codec_test::seen(c.metric, data[1]);
        const double lengths = norm(q) + norm(x.x) + 1.0;
        const double from_mean = norm(sum_of(q, x.x, -1.0));
        const double rounding = 2.0 * from_mean / 510.0 * std::sqrt(static_cast<double>(codec->query_bytes()));
        EXPECT_NEAR(ask(codec->query(data[1], bytes.get()), x), codec_test::distance_of(c.metric, q, x.x),
                    2.0 * rounding * from_mean + rounding * rounding + 16.0 * epsilon * lengths * lengths);
        EXPECT_NEAR(ask(codec->query_of_stored(x.code.get(), bytes.get()), x),
                    c.metric == metric_kind::inner_product ? 1.0 - codec_test::dot(x.x, x.x) : 0.0,
                    16.0 * epsilon * lengths * lengths);
    }
}

INSTANTIATE_TEST_SUITE_P(all, affine_codecs, testing::ValuesIn([] {
                             std::vector<parameter> all;
                             for (const codec_case& c : affine_cases()) all.push_back({c});
                             return all;
                         }()),
                         [](const auto& of) { return of.param.name; });

}  // namespace affine_test
