#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "index/support/held_out.hpp"
#include "index/support/soundness.hpp"

namespace codecs_recall_test {

using sextant::rows;

template <class CodecType, std::size_t PerMille>
struct finds {
    using codec = CodecType;
    static constexpr double least_recall = PerMille / 1000.0;
};

/// What each codec must find of the words' neighbours at the defaults, of 5,000 words: half a per cent to one and a half less
/// than it was measured to find.
template <class Case>
class codecs_recall : public testing::Test {
protected:
    using index_type = sextant::index<sextant::cosine, typename Case::codec>;

    static const support::held_out_words& words() {
        static const support::held_out_words words(support::some_words);
        return words;
    }

    static double recall_of(const index_type& index) { return words().recall(index, 64); }
};

using cases =
    testing::Types<finds<sextant::f16, 990>, finds<sextant::bf16, 985>, finds<sextant::lvq<8>, 985>, finds<sextant::lvq<4>, 905>,
                   finds<sextant::lvq<4, 8>, 990>, finds<sextant::rabitq<1>, 660>, finds<sextant::rabitq<2>, 825>,
                   finds<sextant::rabitq<4>, 940>, finds<sextant::rerank<sextant::rabitq<2>, sextant::f16>, 990>,
                   finds<sextant::rerank<sextant::rabitq<4>, sextant::lvq<8>>, 985>>;
TYPED_TEST_SUITE(codecs_recall, cases);

TYPED_TEST(codecs_recall, of_word_vectors_is_high_however_the_index_was_filled) {
    const support::matrix<float>& base = this->words().base;
    typename TestFixture::index_type inserted({.dim = base.dim});
    for (std::size_t row = 0; row < base.rows; ++row) inserted.insert(row, base[row]);
    const double by_insert = this->recall_of(inserted);
    EXPECT_GE(by_insert, TypeParam::least_recall) << "the codec has to learn on the way";
    testing::Test::RecordProperty("recall_by_insert", std::to_string(by_insert));

    sextant::thread_pool pool(2);
    typename TestFixture::index_type built({.dim = base.dim});
    built.build(support::keys_from(0, base.rows), rows(base.values, base.dim), {.executor = &pool});
    const double by_build = this->recall_of(built);
    EXPECT_GE(by_build, TypeParam::least_recall);
    EXPECT_NEAR(by_insert, by_build, 0.035);
    testing::Test::RecordProperty("recall_by_build", std::to_string(by_build));
}

template <class Codec>
void expect_same_graph_by_any_number_of_threads() {
    const support::held_out_words words(1500);
    const support::matrix<float>& base = words.base;
    std::vector<std::uint32_t> checksums;
    for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
        sextant::thread_pool pool(threads);
        sextant::index<sextant::cosine, Codec> index({.dim = base.dim, .degree = 12, .ef_construction = 60});
        index.build(support::keys_from(0, base.rows), rows(base.values, base.dim), {.executor = &pool});
        checksums.push_back(index.checksum());
        if (threads == 8) {
            support::expect_sound(index.nodes());
        }
    }
    EXPECT_EQ(checksums, std::vector<std::uint32_t>(4, checksums[0]));
}

TEST(codecs_build, makes_the_same_graph_of_codes_by_any_number_of_threads) {
    expect_same_graph_by_any_number_of_threads<sextant::lvq<8>>();
    expect_same_graph_by_any_number_of_threads<sextant::rerank<sextant::rabitq<2>, sextant::f16>>();
}

}  // namespace codecs_recall_test
