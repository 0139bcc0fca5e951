#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#include "index/support/soundness.hpp"
#include "io/support/file_image.hpp"
#include "io/support/kinds.hpp"
#include "io/support/scratch_directory.hpp"

namespace round_trip_test {

using io_test::file_image;
using io_test::loaded;
using io_test::saved;

template <class Kind>
class round_trip : public testing::Test {
protected:
    static void expect_same(const typename Kind::index& a, const typename Kind::index& b, std::size_t count) {
        ASSERT_EQ(a.size(), b.size());
        EXPECT_EQ(a.checksum(), b.checksum());
        EXPECT_EQ(a.options().dim, b.options().dim);
        EXPECT_EQ(a.options().degree, b.options().degree);
        EXPECT_EQ(a.options().ef_construction, b.options().ef_construction);
        EXPECT_EQ(a.options().seed, b.options().seed);
        const auto queries = Kind::points(20, 7, 1);
        for (std::size_t row = 0; row < queries.rows; ++row) {
            EXPECT_EQ(a.search(queries[row], 10), b.search(queries[row], 10));
            EXPECT_EQ(a.search_exact(queries[row], 10), b.search_exact(queries[row], 10));
        }
        for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(a.get(Kind::key_of(i)), b.get(Kind::key_of(i))) << i;
    }
};

TYPED_TEST_SUITE(round_trip, io_test::kinds);

TYPED_TEST(round_trip, gives_the_same_index_and_the_same_file) {
    for (const std::size_t count : {0u, 1u, 2u, 63u, 64u, 65u, 200u}) {
        const auto index = TypeParam::make(count);
        const file_image file = saved(index);
        auto back = loaded<typename TypeParam::index>(file);
        ASSERT_TRUE(back) << back.error();
        this->expect_same(index, *back, count);
        EXPECT_TRUE(back->validate().ok());
        EXPECT_EQ(saved(*back).bytes, file.bytes);
    }
}

TYPED_TEST(round_trip, goes_on_growing_as_if_nothing_had_been) {
    for (const std::size_t count : {0u, 20u, 150u}) {  // before and after a codec settles its mean
        auto index = TypeParam::make(count);
        auto back = loaded<typename TypeParam::index>(saved(index));
        ASSERT_TRUE(back) << back.error();
        const auto more = TypeParam::points(100, 11);
        for (std::size_t i = 0; i < 50; ++i) {
            EXPECT_FALSE(count > 0 && back->insert(TypeParam::key_of(0), more[i]));
            ASSERT_TRUE(index.insert(TypeParam::key_of(150 + i), more[i]));
            ASSERT_TRUE(back->insert(TypeParam::key_of(150 + i), more[i]));
        }
        this->expect_same(index, *back, 200);
        support::expect_sound(back->nodes());
    }
}

TYPED_TEST(round_trip, keeps_what_is_dead_and_what_is_free) {
    auto index = TypeParam::make_with_dead(150);
    ASSERT_GT(index.nodes().hidden(), 0u);
    for (const bool again : {false, true}) {
        const file_image file = saved(index);
        auto back = loaded<typename TypeParam::index>(file);
        ASSERT_TRUE(back) << back.error();
        this->expect_same(index, *back, 150);
        EXPECT_EQ(back->nodes().hidden(), index.nodes().hidden());
        EXPECT_EQ(saved(*back).bytes, file.bytes);
        if (again) break;
        // Both reclaim and use again what is dead.
        const auto more = TypeParam::points(150, 11);
        for (std::size_t i = 0; i < 150; ++i) {
            index.insert_or_assign(TypeParam::key_of(i), more[i]);
            back->insert_or_assign(TypeParam::key_of(i), more[i]);
        }
        EXPECT_EQ(back->size(), 150u);
        EXPECT_LT(back->nodes().end(), 300u);
        support::expect_sound(back->nodes());
        for (std::size_t i = 0; i < 150; ++i) EXPECT_EQ(back->get(TypeParam::key_of(i)), index.get(TypeParam::key_of(i)));
    }
}

TYPED_TEST(round_trip, through_a_file_and_through_a_mapping) {
    const io_test::scratch_directory directory;
    const auto path = directory / "index.sxt";
    const auto index = TypeParam::make_with_dead(120);
    const auto written = sextant::save(index, path);
    ASSERT_TRUE(written) << written.error();
    EXPECT_EQ(io_test::contents(path), saved(index).bytes);
    auto back = sextant::load<typename TypeParam::index>(path);
    ASSERT_TRUE(back) << back.error();
    this->expect_same(index, *back, 120);
    for (const bool verify : {false, true}) {
        auto mapped = sextant::open_mapped<typename TypeParam::index>(path, {.verify = verify});
        ASSERT_TRUE(mapped) << mapped.error();
        this->expect_same(index, *mapped, 120);
        EXPECT_FALSE(mapped->contains(TypeParam::key_of(121)));
        EXPECT_EQ(saved(*mapped).bytes, io_test::contents(path));
    }
}

TEST(save, leaves_out_what_was_given_back) {
    using kind = io_test::kind<sextant::l2, sextant::f32>;
    const auto index = kind::make(50);
    sextant::index<sextant::l2> other({.dim = kind::dim, .degree = 8, .ef_construction = 40});
    const auto points = kind::points(50, 7);
    other.build(support::keys_from(0, 50), sextant::rows(points.values, kind::dim));
    // Rows whose keys are there take a slot for a moment, which stays free.
    std::vector<std::uint64_t> keys = support::keys_from(50, 10);
    keys[5] = keys[4];
    other.build(keys, sextant::rows(std::span(points.values).first(10 * kind::dim), kind::dim));
    ASSERT_EQ(other.size(), 59u);
    auto back = loaded<kind::index>(saved(other));
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->size(), 59u);
    EXPECT_EQ(back->checksum(), other.checksum());
    EXPECT_TRUE(back->insert(1000, points[3]));
    EXPECT_TRUE(other.insert(1000, points[3]));
    EXPECT_EQ(back->checksum(), other.checksum());
    support::expect_sound(back->nodes());
}

TEST(save, several_indexes_follow_each_other_in_one_stream) {
    const auto a = io_test::kind<sextant::l2, sextant::f32>::make(30);
    const auto b = io_test::kind<sextant::hamming, sextant::bits>::make(40);
    std::stringstream stream;
    ASSERT_TRUE(sextant::save(a, stream));
    ASSERT_TRUE(sextant::save(b, stream));
    auto first = sextant::load<sextant::index<sextant::l2>>(stream);
    auto second = sextant::load<sextant::index<sextant::hamming>>(stream);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->checksum(), a.checksum());
    EXPECT_EQ(second->checksum(), b.checksum());
    EXPECT_EQ(stream.peek(), std::char_traits<char>::eof());
}

TEST(load, as_another_type_names_both) {
    const file_image file = saved(io_test::kind<sextant::l2, sextant::lvq<8>, std::int32_t>::make(10));
    const auto expect_refused = [](const auto& result, const char* found, const char* wanted) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, sextant::file_errc::type);
        EXPECT_NE(result.error().message.find(found), std::string::npos) << result.error();
        EXPECT_NE(result.error().message.find(wanted), std::string::npos) << result.error();
    };
    expect_refused(loaded<sextant::index<sextant::cosine, sextant::lvq<8>, std::int32_t>>(file), "l2", "cosine");
    expect_refused(loaded<sextant::index<sextant::l2, sextant::lvq<4>, std::int32_t>>(file), "lvq<8>", "lvq<4>");
    expect_refused(loaded<sextant::index<sextant::l2, sextant::lvq<8>, std::uint32_t>>(file), "signed", "unsigned");
    expect_refused(loaded<sextant::index<sextant::l2, sextant::lvq<8>, std::int64_t>>(file), "4 bytes", "8 bytes");
    expect_refused(loaded<sextant::index<sextant::l2, sextant::lvq<8>, std::string>>(file), "signed", "strings");
}

TEST(load, takes_rabitq_codes_of_either_encoding_for_its_own) {
    const auto check = []<class Written, class Read>() {
        using kind = io_test::kind<sextant::inner_product, Written>;
        using other = sextant::index<sextant::inner_product, Read>;
        const auto index = kind::make_with_dead(150);
        const file_image file = saved(index);
        auto back = loaded<other>(file);
        ASSERT_TRUE(back) << back.error();
        EXPECT_EQ(back->checksum(), index.checksum());
        EXPECT_TRUE(back->validate().ok());
        EXPECT_EQ(saved(*back).bytes, file.bytes);
        const auto queries = kind::points(20, 7, 1);
        for (std::size_t row = 0; row < queries.rows; ++row) {
            EXPECT_EQ(back->search(queries[row], 10), index.search(queries[row], 10));
        }
        // Both kinds of code in one index.
        const auto more = kind::points(100, 11);
        for (std::size_t i = 0; i < more.rows; ++i) ASSERT_TRUE(back->insert(1000 + i, more[i]));
        for (std::size_t i = 0; i < more.rows; ++i) EXPECT_EQ(back->search(more[i], 1).front().key, 1000 + i);
        support::expect_sound(back->nodes());
    };
    using fast = sextant::rabitq<4>;
    using exact = sextant::rabitq<4, sextant::rabitq_encoding::exact>;
    check.operator()<fast, exact>();
    check.operator()<exact, fast>();
}

/// Names are part of the format.
TEST(names, of_metrics_and_codecs_never_change) {
    EXPECT_EQ(sextant::l2::name(), "l2");
    EXPECT_EQ(sextant::inner_product::name(), "inner_product");
    EXPECT_EQ(sextant::cosine::name(), "cosine");
    EXPECT_EQ(sextant::hamming::name(), "hamming");
    EXPECT_EQ(support::chebyshev::name(), "custom");
    EXPECT_EQ(sextant::f32::name(), "f32");
    EXPECT_EQ(sextant::f16::name(), "f16");
    EXPECT_EQ(sextant::bf16::name(), "bf16");
    EXPECT_EQ(sextant::u8::name(), "u8");
    EXPECT_EQ(sextant::i8::name(), "i8");
    EXPECT_EQ(sextant::bits::name(), "bits");
    EXPECT_EQ(sextant::lvq<8>::name(), "lvq<8>");
    EXPECT_EQ((sextant::lvq<4, 8>::name()), "lvq<4,8>");
    EXPECT_EQ((sextant::rerank<sextant::rabitq<2>, sextant::f16>::name()), "rerank<rabitq<2>,f16>");
    EXPECT_EQ((sextant::rabitq<4, sextant::rabitq_encoding::exact>::name()), "rabitq<4>");
}

struct weighted {
    float weight = 1.0f;
    static std::string name() { return "weighted"; }
    float operator()(std::span<const float> a, std::span<const float> b) const {
        return weight * static_cast<float>(support::squared_difference(a, b).value);
    }
};

TEST(load, gives_a_metric_what_it_holds) {
    using index_type = sextant::index<sextant::custom<weighted>>;
    index_type index({.dim = 3}, {weighted{2.0f}});
    index.insert(1, std::vector{1.0f, 0.0f, 0.0f});
    const file_image file = saved(index);
    EXPECT_NE(file.bytes.find("custom:weighted"), std::string::npos);
    auto back = loaded<index_type>(file, sextant::custom<weighted>{weighted{3.0f}});
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->search(std::vector{0.0f, 0.0f, 0.0f}, 1).front().distance, 3.0f);
    EXPECT_FALSE(loaded<sextant::index<support::chebyshev>>(file));
}

}  // namespace round_trip_test
