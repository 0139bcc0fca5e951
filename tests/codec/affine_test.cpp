// The arithmetic of affine and residual codes, against the same in doubles on what the codes stand for.
#include <sextant/codec/affine.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <utility>
#include <vector>

#include <sextant/codec/rabitq.hpp>
#include <sextant/codec/tags.hpp>

#include "codec/aligned_block.hpp"
#include "codec/every/any_codec.hpp"
#include "codec/every/helpers.hpp"
#include "support/matrix.hpp"
#include "support/random_values.hpp"

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
    stored(const any_codec& codec, metric_kind metric, std::span<const float> v, const reals& counted_from)
        : vector(v.begin(), v.end()), code(codec.code_bytes()), cold(codec.cold_bytes()),
          centre(counted_from), x(codec_test::seen(metric, v)),
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
            support::matrix<float> observed = data;
            observed.rows = 64;
            const reals first = codec_test::seen(c.metric, data[0]);
            const reals mean = codec_test::mean_of(c.metric, observed);
            shift = norm(sum_of(mean, first, -1.0));
            codec->observe(data[0]);
            store(c, first);
            ask(c, first);
            for (std::size_t row = 1; row < 64; ++row) codec->observe(data[row]);
            EXPECT_TRUE(codec->settled());
            store(c, mean);
            ask(c, mean);
        }

        void store(const codec_case& c, const reals& counted_from) {
            for (std::size_t i = 0; i < few; ++i) all.emplace_back(*codec, c.metric, data[i * 17 + all.size()], counted_from);
        }

        void ask(const codec_case& c, const reals& counted_from) {
            for (std::size_t i = 0; i < few; ++i) {
                const auto vector = data[70 + i];
                query_codes.emplace_back(*codec, c.metric, vector, counted_from);
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
        double shift;  ///< how far it is from the first vector to the mean
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
                const double lengths = norm(q.x) + norm(x.x) + norm(q.coarse) + norm(x.coarse) + w.shift + 1.0;
                const double root = std::sqrt(static_cast<double>(dim) + 64.0);
                const double rounding = epsilon * root * lengths * lengths;
                const reals x_known = sum_of(x.coarse, x.centre, -1.0);
                // The shift takes part in 16 bits.
                const bool across = (j < few) != (i < few);
                const reals q_known = sum_of(q.coarse, q.centre, -1.0);
                const double of_shift =
                    across ? factor * root * 2.0 * w.shift / 65'278.0 * (norm(x_known) + norm(q_known) + w.shift) : 0.0;
                const double step = spread_in_code_space(c.code, sum_of(q.x, q.centre, -1.0)) / 255.0;
                const double of_bytes = step / 2.0 * root;
                // Turned codes also hold something of the padding, which their vectors do not show; less than they show.
                const bool shown = c.code.form != coding::rabitq || dim % 128 == 0;
                const double apart = norm(sum_of(q.x, x.coarse, -1.0)) + (shown ? 0.0 : norm(x_known));
                const double of_query = factor * of_bytes * (apart + of_bytes);
                ASSERT_NEAR(ask(w.queries[j], x),
                            expected(c.metric, {q.x, q.x, q.centre, true}, {x.x, x.coarse, x.centre, exact_norms}),
                            of_query + of_shift + rounding)
                    << "dim " << dim << ", code " << i << ", query " << j;
                if (shown) {
                    ASSERT_NEAR(
                        ask(w.of_stored[j], x),
                        expected(c.metric, {q.x, q.coarse, q.centre, exact_norms}, {x.x, x.coarse, x.centre, exact_norms}),
                        of_shift + rounding)
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
    EXPECT_EQ(observed->heap_bytes(), c.make(dim)->heap_bytes() + observed->query_bytes() * sizeof(float));  // the first vector
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

/// A cloud of spread 1 in every coordinate, around a point whose coordinates are `away` from zero in the root mean square.
support::matrix<float> cloud(std::size_t count, std::size_t dim, float away) {
    support::matrix<float> rows{count, dim, support::random_floats(count * dim, 31, -1.732f, 1.732f)};
    const auto around = support::random_floats(dim, 32, -1.732f * away, 1.732f * away);
    for (std::size_t i = 0; i < rows.values.size(); ++i) rows.values[i] += around[i % dim];
    return rows;
}

/// Sums up what distances are off.
struct errors {
    double squares = 0.0;
    std::size_t count = 0;

    void add(double error) {
        squares += error * error;
        ++count;
    }
    double root_mean_square() const { return std::sqrt(squares / static_cast<double>(count)); }
};

// The error of a code grows with its length: counted from zero, a vector of data far from it would have a code that is off by
// more than the data's spread, and as its distances are, too, it would be the answer to every query.
TEST_P(affine_codecs, the_first_vectors_are_coded_nearly_as_well_as_those_after_the_mean_is_known) {
    const codec_case& c = GetParam();
    constexpr std::size_t dim = 64;
    constexpr std::size_t stored_rows = 300;
    constexpr std::size_t asked = 20;
    // Under cosine a point far away would leave directions that hardly differ.
    const bool directions = c.metric == metric_kind::cosine;
    const std::vector<float> distances = directions ? std::vector{5.0f} : std::vector{100.0f, 1000.0f};
    for (const float away : distances) {
        const auto codec = c.make(dim);
        const auto data = cloud(stored_rows + asked, dim, away);
        std::vector<stored> all;
        const aligned_block early_bytes(codec->query_bytes());
        const aligned_block early_fine_bytes(codec->fine_query_bytes());
        any_query early_query;
        any_query early_fine;
        const auto asker = data[stored_rows];
        for (std::size_t row = 0; row < stored_rows; ++row) {
            codec->observe(data[row]);
            all.emplace_back(*codec, c.metric, data[row], reals());
            if (row != 20) continue;
            early_query = codec->query(asker, early_bytes.get());
            early_fine = codec->fine_query(asker, early_fine_bytes.get());
        }
        const auto compare = [&](std::span<const float> vector, const any_query& query, errors& first, errors& later) {
            const reals q = codec_test::seen(c.metric, vector);
            for (std::size_t i = 0; i < all.size(); ++i) {
                const double truth = codec_test::distance_of(c.metric, q, all[i].x);
                (i < 63 ? first : later).add(static_cast<double>(ask(query, all[i])) - truth);
            }
        };
        errors first, later, first_stored, later_stored, first_fine, later_fine, early, early_and_fine;
        const aligned_block bytes(codec->query_bytes());
        const aligned_block fine_bytes(codec->fine_query_bytes());
        for (std::size_t row = stored_rows; row < data.rows; ++row) {
            compare(data[row], codec->query(data[row], bytes.get()), first, later);
            const stored own(*codec, c.metric, data[row], reals());
            compare(data[row], codec->query_of_stored(own.code.get(), bytes.get()), first_stored, later_stored);
            if (codec->reranks()) compare(data[row], codec->fine_query(data[row], fine_bytes.get()), first_fine, later_fine);
        }
        EXPECT_LT(first.root_mean_square(), 3.0 * later.root_mean_square()) << away;
        EXPECT_LT(first_stored.root_mean_square(), 3.0 * later_stored.root_mean_square()) << away;
        compare(asker, early_query, early, early);
        EXPECT_LT(early.root_mean_square(), 3.0 * later.root_mean_square()) << away;
        if (!codec->reranks()) continue;
        EXPECT_LT(first_fine.root_mean_square(), 3.0 * later_fine.root_mean_square()) << away;
        compare(asker, early_fine, early_and_fine, early_and_fine);
        EXPECT_LT(early_and_fine.root_mean_square(), 3.0 * later_fine.root_mean_square()) << away;
    }
}

using bytes = std::vector<std::byte>;

template <class T>
void put(bytes& state, std::size_t at, T value) {
    std::memcpy(state.data() + at, &value, sizeof(value));
}

/// Where things lie in what a codec writes: the count, the first vector, and what follows it.
struct layout {
    explicit layout(const any_codec& fresh)
        : count(fresh.state().size() - 4), first(count + 4), rest(first + 4 * fresh.query_bytes()) {}

    std::uint32_t count_in(const bytes& state) const {
        std::uint32_t value;
        std::memcpy(&value, state.data() + count, sizeof(value));
        return value;
    }

    std::size_t count;
    std::size_t first;
    std::size_t rest;
};

/// Codes, and the distances between all of them and from some vectors.
std::vector<float> distances_among(const any_codec& codec, const std::vector<stored>& all) {
    std::vector<float> result;
    const aligned_block space(codec.query_bytes());
    const aligned_block fine_space(codec.fine_query_bytes());
    for (const stored& q : all) {
        for (const stored& x : all) {
            result.push_back(ask(codec.query_of_stored(q.code.get(), space.get()), x));
            result.push_back(ask(codec.query(q.vector, space.get()), x));
            if (codec.reranks()) result.push_back(ask(codec.fine_query(q.vector, fine_space.get()), x));
        }
    }
    return result;
}

TEST_P(affine_codecs, what_they_have_learned_goes_to_another_with_the_first_vector) {
    const codec_case& c = GetParam();
    for (const std::size_t dim : {1u, 5u, 64u}) {
        const layout at(*c.make(dim));
        const auto data = cloud(100, dim, 4.0f);
        for (const std::size_t observed : {1u, 10u, 63u, 64u, 70u}) {
            const auto codec = c.make(dim);
            std::vector<stored> all;
            for (std::size_t row = 0; row < observed; ++row) {
                codec->observe(data[row]);
                if (row % 9 == 0 || row + 1 == observed) all.emplace_back(*codec, c.metric, data[row], reals());
            }
            const bytes state = codec->state();
            EXPECT_EQ(at.count_in(state), 256 + std::min<std::size_t>(observed, 64));
            EXPECT_EQ(state.size(), at.rest + (observed < 64 ? 8 * dim : at.rest - at.first));
            const auto other = c.make(dim);
            ASSERT_TRUE(other->take_state(state));
            EXPECT_EQ(other->state(), state);
            EXPECT_EQ(other->heap_bytes(), codec->heap_bytes());
            EXPECT_EQ(other->settled(), observed >= 64);
            EXPECT_EQ(distances_among(*other, all), distances_among(*codec, all));
            // And it goes on as if nothing had been.
            for (std::size_t row = observed; row < data.rows; ++row) {
                codec->observe(data[row]);
                other->observe(data[row]);
            }
            EXPECT_EQ(other->state(), codec->state());
            all.emplace_back(*codec, c.metric, data[99], reals());
            for (const stored& x : all) {
                EXPECT_TRUE(other->valid(x.code.get(), x.cold.get()));
                EXPECT_EQ(x.decoded(*other, false), x.coarse);
                EXPECT_EQ(x.decoded(*other, true), x.fine);
            }
            EXPECT_EQ(distances_among(*other, all), distances_among(*codec, all));
        }
    }
}

// Files of before there was a first vector: what is not counted from the mean is counted from zero, for ever.
TEST_P(affine_codecs, states_without_a_first_vector_keep_counting_from_zero) {
    const codec_case& c = GetParam();
    for (const std::size_t dim : {5u, 64u}) {
        const layout at(*c.make(dim));
        const auto data = codec_test::rows_for(c, 80, dim, dim);
        const reals zero(dim, 0.0);
        std::vector<stored> all;
        for (std::size_t row = 0; row < 5; ++row) all.emplace_back(*c.make(dim), c.metric, data[row], zero);

        // Of ten vectors, and of 64: what would be written today, without the first.
        for (const std::size_t observed : {10u, 64u}) {
            const auto writer = c.make(dim);
            for (std::size_t row = 0; row < observed; ++row) writer->observe(data[row]);
            bytes old = writer->state();
            ASSERT_EQ(at.count_in(old), 256 + observed);
            old.erase(old.begin() + static_cast<std::ptrdiff_t>(at.first), old.begin() + static_cast<std::ptrdiff_t>(at.rest));
            put(old, at.count, static_cast<std::uint32_t>(observed));
            const auto codec = c.make(dim);
            ASSERT_TRUE(codec->take_state(old));
            EXPECT_EQ(codec->state(), old);
            const auto before = distances_among(*codec, all);
            if (observed < 64) {
                EXPECT_EQ(before, distances_among(*c.make(dim), all));
            }
            for (std::size_t row = observed; row < 64; ++row) {
                codec->observe(data[row]);
                EXPECT_LT(at.count_in(codec->state()), 256u);
            }
            ASSERT_TRUE(codec->settled());
            EXPECT_EQ(at.count_in(codec->state()), 64u);
            for (const stored& x : all) {
                EXPECT_TRUE(codec->valid(x.code.get(), x.cold.get()));
                EXPECT_EQ(x.decoded(*codec, false), x.coarse);
                EXPECT_EQ(x.decoded(*codec, true), x.fine);
            }
            // Asked by one that is counted from the mean, they are off by what is lost at most.
            const aligned_block space(codec->query_bytes());
            const stored centred(*codec, c.metric, data[70], codec_test::mean_of(c.metric, data));
            const any_query query = codec->query_of_stored(centred.code.get(), space.get());
            for (const stored& x : all) {
                const double lengths = norm(centred.x) + norm(x.x);
                const double lost = codec_test::loss(c.code, x.x, x.x) + codec_test::loss(c.code, centred.x, centred.x);
                EXPECT_NEAR(ask(query, x), codec_test::distance_of(c.metric, centred.x, x.x),
                            2.0 * lengths * lost + lost * lost + 1e-4 * lengths * lengths);
            }
        }

        // A sample was fitted: there never is a first.
        const auto fitted = c.make(dim);
        fitted->fit(codec_test::view(data));
        fitted->observe(data[0]);
        EXPECT_EQ(at.count_in(fitted->state()), 64u);
        EXPECT_EQ(fitted->state().size(), at.rest);
    }
}

TEST_P(affine_codecs, impossible_states_are_refused_and_change_nothing) {
    const codec_case& c = GetParam();
    constexpr std::size_t dim = 5;
    const layout at(*c.make(dim));
    const auto data = codec_test::rows_for(c, 64, dim, 1);
    const auto writer = c.make(dim);
    for (std::size_t row = 0; row < 10; ++row) writer->observe(data[row]);
    const bytes young = writer->state();
    for (std::size_t row = 10; row < 64; ++row) writer->observe(data[row]);
    const bytes old = writer->state();
    ASSERT_EQ(at.count_in(young), 256u + 10u);
    ASSERT_EQ(at.count_in(old), 256u + 64u);
    const auto expect_refused = [&](const bytes& state, const char* what) {
        const auto codec = c.make(dim);
        const bytes fresh = codec->state();
        EXPECT_FALSE(codec->take_state(state)) << what;
        EXPECT_EQ(codec->state(), fresh) << what;
        EXPECT_EQ(codec->heap_bytes(), c.make(dim)->heap_bytes()) << what;
        EXPECT_FALSE(codec->settled());
    };
    for (const bytes* state : {&young, &old}) {
        for (const std::uint32_t count : {65u, 128u, 255u, 256u, 256u + 65u, 512u, 512u + 10u, 768u + 64u, 0x8000'0140u,
                                          0xFFFF'FFFFu}) {
            bytes changed = *state;
            put(changed, at.count, count);
            expect_refused(changed, "count");
        }
        for (std::size_t length = 0; length < state->size(); ++length) {
            expect_refused(bytes(state->begin(), state->begin() + static_cast<std::ptrdiff_t>(length)), "truncated");
        }
        for (const float value : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN(),
                                  std::numeric_limits<float>::infinity(), -1e18f, 1e30f}) {
            bytes changed = *state;
            put(changed, at.first + 4, value);
            expect_refused(changed, "first");
            if (state == &young) continue;
            changed = *state;
            put(changed, at.rest + 4, value);
            expect_refused(changed, "mean");
        }
        if (c.code.form == coding::lvq) {
            bytes changed = *state;
            put(changed, at.rest - 4, 1.0f);
            expect_refused(changed, "padding");
        }
    }
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1e300, 1e20}) {
        bytes changed = young;
        put(changed, at.rest + 8, value);
        expect_refused(changed, "sum");
    }
    bytes without_count(young.begin(), young.begin() + static_cast<std::ptrdiff_t>(at.rest));
    put(without_count, at.count, std::uint32_t{256});
    expect_refused(without_count, "a first of none");
}

/// What is long and has nearly all its coordinates in the midst of two: one bit makes all of them as long as these.
template <class Tag, class Metric>
void expect_finite_codes_of_all_that_is_taken(std::size_t dim) {
    using codec_type = sextant::codec_for<Tag, Metric>;
    std::vector<float> direction(dim, 0.0f);
    direction[0] = 1.0f;
    direction[1] = -1.0f;
    std::vector<float> opposite(direction);
    std::swap(opposite[0], opposite[1]);
    const auto scaled = [](std::vector<float> vector, float factor) {
        for (float& value : vector) value *= factor;
        return vector;
    };
    float taken = 1.0f;
    float refused = 1e20f;
    const codec_type fresh(dim);
    for (int step = 0; step < 60; ++step) {
        const float middle = step < 30 ? std::sqrt(taken) * std::sqrt(refused) : taken + (refused - taken) / 2;
        (fresh.refuses(scaled(direction, middle)) ? refused : taken) = middle;
    }
    EXPECT_NEAR(static_cast<double>(taken) * std::sqrt(2.0 * static_cast<double>(dim)), 0x1p56 * std::sqrt(2.0), 0x1p44);
    const std::vector<std::vector<float>> vectors{scaled(direction, taken), scaled(opposite, taken),
                                                  std::vector<float>(dim, taken / std::sqrt(static_cast<float>(dim)))};
    // Counted from zero, from the first, and from the mean of vectors that lie as far as they can from the others.
    for (int learned = 0; learned < 3; ++learned) {
        codec_type codec(dim);
        std::vector<aligned_block> codes;
        if (learned > 0) codec.observe(vectors[1]);
        for (const auto& vector : vectors) codec.encode(vector, codes.emplace_back(codec.code_bytes()).get());
        if (learned > 1) codec.fit({vectors[0].data(), 1, dim});
        for (const auto& vector : vectors) codec.encode(vector, codes.emplace_back(codec.code_bytes()).get());
        std::vector<const std::byte*> at;
        for (const auto& code : codes) {
            EXPECT_TRUE(codec.valid_code(code.get())) << "dim " << dim;
            at.push_back(code.get());
        }
        const aligned_block space(codec.query_bytes());
        const auto expect_finite = [&](const auto& query) {
            for (const std::byte* code : at) {
                float out;
                codec.distances(query, &code, 1, &out);
                EXPECT_TRUE(std::isfinite(out)) << "dim " << dim << ", learned " << learned;
            }
        };
        for (const auto& vector : vectors) expect_finite(codec.prepare(vector, space.get()));
        for (const std::byte* code : at) expect_finite(codec.prepare_stored(code, space.get()));
    }
}

TEST(affine_codec, what_it_takes_has_codes_that_a_file_may_hold) {
    const auto test = [](auto... tags) {
        for (const std::size_t dim : {128u, 1024u, 65'536u}) {
            (expect_finite_codes_of_all_that_is_taken<decltype(tags), sextant::l2>(dim), ...);
            (expect_finite_codes_of_all_that_is_taken<decltype(tags), sextant::inner_product>(dim), ...);
        }
    };
    test(sextant::lvq<1>(), sextant::lvq<2>(), sextant::lvq<4>());
    test(sextant::rabitq<1>(), sextant::rabitq<2>(), sextant::rabitq<4>());
}

INSTANTIATE_TEST_SUITE_P(all, affine_codecs, testing::ValuesIn([] {
                             std::vector<parameter> all;
                             for (const codec_case& c : affine_cases()) all.push_back({c});
                             return all;
                         }()),
                         [](const auto& of) { return of.param.name; });

}  // namespace affine_test
