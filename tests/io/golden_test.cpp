#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "index/support/soundness.hpp"
#include "io/support/file_image.hpp"
#include "io/support/kinds.hpp"
#include "io/support/scratch_directory.hpp"

namespace golden_test {

using namespace io_test;

/// Whether a library of today makes such a file, or only reads it: files that say the same in an older way are never
/// written again.
enum class made { today, before };

/// Files of every version that there has been, which every later one reads. With SEXTANT_WRITE_GOLDEN set in the environment,
/// those of the present version are written anew; that is for the day the version changes, and never for this one.
template <class Kind>
struct golden_file {
    const char* name;
    float tolerance;  ///< of a coordinate that comes back
    made when = made::today;

    static constexpr std::size_t count = 40;

    static typename Kind::index make() {
        typename Kind::index result({.dim = Kind::dim, .degree = 4, .ef_construction = 30, .seed = 3});
        const auto points = vectors();
        for (std::size_t i = 0; i < count; ++i) result.insert(Kind::key_of(i), points[i]);
        result.erase(Kind::key_of(7));
        result.erase(Kind::key_of(0));
        return result;
    }

    /// Whole numbers, which every machine makes and adds up alike.
    static support::matrix<typename Kind::element> vectors() {
        if constexpr (Kind::of_bits) {
            return support::random_codes(count, (Kind::dim + 7) / 8, 5);
        } else {
            return support::grid_points(count, Kind::dim, 5, 20);
        }
    }

    std::filesystem::path path() const { return std::filesystem::path(SEXTANT_GOLDEN_DIR) / name; }

    void check() const {
        if (when == made::today && std::getenv("SEXTANT_WRITE_GOLDEN") != nullptr) put_contents(path(), saved(make()).bytes);
        const auto points = vectors();
        auto loaded = sextant::load<typename Kind::index>(path());
        ASSERT_TRUE(loaded) << loaded.error();
        auto mapped = sextant::open_mapped<typename Kind::index>(path(), {.verify = true});
        ASSERT_TRUE(mapped) << mapped.error();
        for (const auto* index : {&*loaded, &*mapped}) {
            EXPECT_EQ(index->size(), count - 2);
            support::expect_sound(index->nodes());
            for (std::size_t i = 0; i < count; ++i) {
                const auto back = index->get(Kind::key_of(i));
                ASSERT_EQ(back.has_value(), i != 0 && i != 7) << i;
                if (!back) continue;
                const auto hits = index->search(points[i], count, {.ef = count});
                EXPECT_TRUE(std::any_of(hits.begin(), hits.end(), [&](const auto& hit) { return hit.key == Kind::key_of(i); })) << i;
                if constexpr (Kind::of_bits) {
                    EXPECT_TRUE(std::equal(back->begin(), back->end() - 1, points[i].begin())) << i;
                } else {
                    for (std::size_t d = 0; d < Kind::dim; ++d) ASSERT_NEAR((*back)[d], points[i][d], tolerance) << i;
                }
            }
        }
        EXPECT_EQ(saved(*loaded).bytes, contents(path())) << "what is read is written the same";
        EXPECT_TRUE(loaded->insert(Kind::key_of(100), points[0]));
        EXPECT_EQ(loaded->size(), count - 1);
    }

    /// What is made today is the same file but for the links of level 0, for data on which every machine does the same
    /// arithmetic. The links are the same on every machine as well: their checksum follows the rules of building, the files
    /// never do.
    void check_made(std::uint32_t links) const {
        const auto result = make();
        EXPECT_EQ(result.checksum(), links);
        EXPECT_EQ(without_links(saved(result)), without_links({contents(path())}));
    }

    /// What a codec has learned from the vectors is the same today, where every machine does the same arithmetic for it.
    void check_learned() const {
        EXPECT_EQ(section(saved(make()), file_image::codec), section({contents(path())}, file_image::codec));
    }

    /// The same of a codec whose rotation is the same on every machine up to rounding. All it has learned is numbers of 4 bytes
    /// but the sums, from `sums` on, which are of numbers before the rotation.
    void check_learned_turned(std::size_t first, std::size_t sums) const {
        const std::string today = section(saved(make()), file_image::codec);
        const std::string kept = section({contents(path())}, file_image::codec);
        ASSERT_EQ(today.size(), kept.size());
        EXPECT_EQ(today.substr(0, first), kept.substr(0, first));
        EXPECT_EQ(today.substr(sums), kept.substr(sums));
        for (std::size_t at = first; at < sums; at += 4) {
            EXPECT_NEAR(get<float>(today, at), get<float>(kept, at), 1e-4) << at;
        }
    }

    static std::string section(const file_image& file, file_image::section s) {
        return file.bytes.substr(file.offset(s), file.size(s));
    }
    template <class T>
    static T get(const std::string& bytes, std::size_t at) {
        return file_image{bytes}.template get<T>(at);
    }

    /// The bytes of a file, with zeros for the links of level 0, which fill the first 64 bytes of a record, and for their CRC.
    static std::string without_links(file_image file) {
        const std::size_t records = file.offset(file_image::records);
        const std::size_t stride = file.size(file_image::records) / count;
        for (std::size_t i = 0; i < count; ++i) file.bytes.replace(records + i * stride, 64, 64, '\0');
        file.fix(file_image::records);
        return file.bytes;
    }
};

/// A kind of another dimension.
template <class Kind, std::size_t Dim>
struct of_dim : Kind {
    static constexpr std::size_t dim = Dim;
};

TEST(golden, floats) {
    const golden_file<of_dim<kind<l2, f32>, 40>> file{"v1-l2-f32-u64.sxt", 0.0f};
    file.check();
    file.check_made(1'451'892'708u);
}

// Long vectors of floats were once kept in one plane; now in two, which the codec's section says.
TEST(golden, floats_in_two_planes) {
    const golden_file<of_dim<kind<l2, f32>, 70>> file{"v1-l2-f32-two_planes-u64.sxt", 0.0f};
    file.check();
    file.check_made(630'050'544u);
    golden_file<of_dim<kind<cosine, f32>, 70>>{"v1-cosine-f32-two_planes-u64.sxt", 0.0f}.check();
}
TEST(golden, floats_in_one_plane) {
    golden_file<of_dim<kind<cosine, f32>, 70>>{"v1-cosine-f32-one_plane-u64.sxt", 0.0f, made::before}.check();
}
TEST(golden, halves_under_cosine_with_texts) { golden_file<kind<cosine, f16, std::string>>{"v1-cosine-f16-text.sxt", 0.0f}.check(); }
TEST(golden, bytes) {
    const golden_file<kind<l2, sextant::i8, std::int32_t>> file{"v1-l2-i8-i32.sxt", 0.0f};
    file.check();
    file.check_made(1'451'892'708u);
}
TEST(golden, bits) {
    const golden_file<kind<hamming, sextant::bits, bytes16, bytes16_hash>> file{"v1-hamming-bits-bytes16.sxt", 0.0f};
    file.check();
    file.check_made(2'632'243'414u);
}

// Lvq and rabitq once counted vectors from zero until they knew the mean; now from the first one, which is in the file.
TEST(golden, two_level_lvq) {
    const golden_file<kind<l2, lvq<4, 8>>> file{"v1-l2-lvq4_8-from_first-u64.sxt", 0.02f};
    file.check();
    file.check_learned();
}
TEST(golden, two_level_lvq_counted_from_zero) {
    golden_file<kind<l2, lvq<4, 8>>>{"v1-l2-lvq4_8-u64.sxt", 0.02f, made::before}.check();
}
TEST(golden, rabitq_with_a_second_code) {
    using case_kind = kind<inner_product, rerank<rabitq<4>, lvq<8>>>;
    const golden_file<case_kind> file{"v1-inner_product-rabitq4_lvq8-from_first-u64.sxt", 0.2f};
    file.check();
    file.check_learned_turned(8, 8 + 4 * sextant::codec_for<rabitq<4>, inner_product>(case_kind::dim).query_bytes());
}
TEST(golden, rabitq_with_a_second_code_counted_from_zero) {
    golden_file<kind<inner_product, rerank<rabitq<4>, lvq<8>>>>{"v1-inner_product-rabitq4_lvq8-u64.sxt", 0.2f, made::before}.check();
}

}  // namespace golden_test
