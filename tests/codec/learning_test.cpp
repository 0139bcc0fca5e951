// Codecs that learn while many threads store and compare.
#include <sextant/codec/learning.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include <sextant/codec/rerank.hpp>

#include "codec/aligned_block.hpp"
#include "codec/every/any_codec.hpp"
#include "codec/every/helpers.hpp"
#include "codec/refusals.hpp"
#include "support/allocations.hpp"

namespace learning_test {

using codec_test::aligned_block;
using codec_test::any_codec;

static_assert(!sextant::learning<sextant::f32_codec<sextant::l2>>);
static_assert(!sextant::learning<sextant::rerank_codec<sextant::f16_codec<sextant::l2>, sextant::f32_codec<sextant::l2>>>);
static_assert(sextant::learning<sextant::codec_for<sextant::rerank<sextant::f16, sextant::lvq<8>>, sextant::l2>>);
static_assert(sextant::learning<sextant::codec_for<sextant::rerank<sextant::lvq<4>, sextant::f16>, sextant::l2>>);

struct slot {
    explicit slot(const any_codec& codec) : code(codec.code_bytes()), cold(codec.cold_bytes()) {}

    aligned_block code;
    aligned_block cold;
    std::atomic<bool> ready = false;
};

// Some threads meet centred codes before they have seen the mean, and query with a query from before it.
TEST(learning, stores_and_compares_from_four_threads_while_the_mean_settles) {
    constexpr std::size_t threads = 4;
    constexpr std::size_t each = 40;
    constexpr std::size_t dim = 24;
    std::vector<codec_test::codec_case> cases;
    codec_test::add_lvq_codecs(cases);
    codec_test::add_reranking_codecs(cases);
    for (const auto& c : cases) {
        for (std::uint64_t round = 0; round < 20; ++round) {
            const auto codec = c.make(dim);
            const auto data = codec_test::rows_for(c, threads * each, dim, round);
            codec->observe(data[0]);  // before anybody asks
            std::vector<std::unique_ptr<slot>> slots;
            for (std::size_t i = 0; i < data.rows; ++i) slots.push_back(std::make_unique<slot>(*codec));
            std::atomic<std::size_t> wrong = 0;
            std::atomic<std::size_t> compared = 0;
            const auto work = [&](std::size_t thread) {
                const aligned_block bytes(codec->query_bytes());
                const aligned_block stored_bytes(codec->query_bytes());
                const aligned_block fine_bytes(codec->fine_query_bytes());
                for (std::size_t i = 0; i < each; ++i) {
                    const std::size_t row = i * threads + thread;
                    const auto query = codec->query(data[row], bytes.get());
                    codec->observe(data[row]);
                    codec->encode(data[row], slots[row]->code.get());
                    codec->encode_cold(data[row], slots[row]->code.get(), slots[row]->cold.get());
                    slots[row]->ready.store(true, std::memory_order_release);
                    const auto of_stored = codec->query_of_stored(slots[row]->code.get(), stored_bytes.get());
                    const auto fine = codec->fine_query(data[row], fine_bytes.get());
                    for (std::size_t other = 0; other < slots.size(); ++other) {
                        if (!slots[other]->ready.load(std::memory_order_acquire)) continue;
                        const std::byte* const codes[] = {slots[other]->code.get()};
                        const std::byte* const colds[] = {slots[other]->cold.get()};
                        const auto q = codec_test::seen(c.metric, data[row]);
                        const auto x = codec_test::seen(c.metric, data[other]);
                        const double lengths = codec_test::norm(q) + codec_test::norm(x);
                        // A code of one bit is too coarse to tell; finite is what its distances have to be. Four bits of the way
                        // from the first vector to another are off by up to 0.053.
                        const double share = c.code.form == codec_test::coding::rabitq ? 10.0 : 0.06;
                        float out;
                        const auto check = [&](double within) {
                            const double expected = codec_test::distance_of(c.metric, q, x);
                            if (!(std::abs(static_cast<double>(out) - expected) <= within * lengths * lengths)) ++wrong;
                            ++compared;
                        };
                        query(codes, colds, 1, &out);
                        check(share);
                        of_stored(codes, colds, 1, &out);
                        check(share);
                        if (!codec->reranks()) continue;
                        fine(codes, colds, 1, &out);
                        check(0.01);
                    }
                }
            };
            std::vector<std::thread> workers;
            for (std::size_t t = 0; t < threads; ++t) workers.emplace_back(work, t);
            for (std::thread& worker : workers) worker.join();
            ASSERT_EQ(wrong, 0u) << c.name;
            ASSERT_GE(compared, threads * each * 2);
            ASSERT_TRUE(codec->settled());
        }
    }
}

TEST(rerank_codec, refuses_what_either_of_its_codes_refuses) {
    using coarse_integers = sextant::codec_for<sextant::rerank<sextant::u8, sextant::f32>, sextant::l2>;
    using fine_integers = sextant::codec_for<sextant::rerank<sextant::f32, sextant::u8>, sextant::l2>;
    const std::vector<float> too_much{1.0f, 300.0f};
    EXPECT_EQ(codec_test::refusal(coarse_integers(2), too_much), sextant::errc::out_of_range);
    EXPECT_EQ(codec_test::refusal(fine_integers(2), too_much), sextant::errc::out_of_range);
    EXPECT_EQ(codec_test::refusal(coarse_integers(2), std::vector<float>{1.0f, 30.0f}), std::nullopt);
}

// May run out of memory, and is then as it was.
TEST(learning, without_memory_learns_nothing) {
    if (!support::operator_new_is_watched()) GTEST_SKIP();
    constexpr std::size_t dim = 24;
    std::vector<codec_test::codec_case> cases;
    codec_test::add_lvq_codecs(cases);
    for (const auto& c : cases) {
        const auto data = codec_test::rows_for(c, 64, dim, 3);
        const auto expected = c.make(dim);
        for (std::size_t row = 0; row < data.rows; ++row) expected->observe(data[row]);
        const auto codec = c.make(dim);
        std::size_t failures = 0;
        for (std::size_t row = 0; row < data.rows; ++row) {
            for (std::size_t granted = 0;; ++granted) {
                bool refused = false;
                {
                    const support::memory_shortage shortage(granted);
                    try {
                        codec->observe(data[row]);
                    } catch (const std::bad_alloc&) {
                        refused = true;
                    }
                }
                if (!refused) break;
                ++failures;
                ASSERT_FALSE(codec->settled());
            }
        }
        EXPECT_GE(failures, 3u);
        ASSERT_TRUE(codec->settled());
        const aligned_block a(codec->code_bytes());
        const aligned_block b(codec->code_bytes());
        codec->encode(data[5], a.get());
        expected->encode(data[5], b.get());
        EXPECT_EQ(std::memcmp(a.get(), b.get(), codec->code_bytes()), 0) << c.name;
    }
}

}  // namespace learning_test
