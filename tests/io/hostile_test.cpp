#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "io/support/exercise.hpp"
#include "io/support/file_image.hpp"
#include "io/support/kinds.hpp"
#include "io/support/scratch_directory.hpp"
#include "support/sanitizers.hpp"

namespace hostile_test {

using io_test::file_image;
using io_test::loaded;
using io_test::saved;
using sextant::file_errc;
using sextant::no_slot;

using plain = io_test::kind<sextant::l2, sextant::f32>;

constexpr std::size_t count = 40;
constexpr std::size_t degree = 4;

template <class Kind>
class hostile : public testing::Test {
protected:
    /// Whatever becomes of a file, it is refused or it works.
    void judge(const file_image& file) {
        auto result = loaded<typename Kind::index>(file);
        if (!result) {
            ++refused_;
            ASSERT_EQ(result.error().message.rfind("sextant: ", 0), 0u);
            return;
        }
        ++accepted_;
        io_test::exercise<Kind>(*result, file);
    }

    std::size_t refused_ = 0;
    std::size_t accepted_ = 0;
};

using kinds = testing::Types<plain, io_test::kind<sextant::cosine, sextant::rerank<sextant::lvq<4>, sextant::f16>, std::string>,
                             io_test::kind<sextant::l2, sextant::lvq<4, 8>, std::int16_t>,
                             io_test::kind<sextant::inner_product, sextant::rabitq<2>>,
                             io_test::kind<sextant::cosine, sextant::u8>,
                             io_test::kind<sextant::hamming, sextant::bits, io_test::bytes16, io_test::bytes16_hash>>;
TYPED_TEST_SUITE(hostile, kinds);

TYPED_TEST(hostile, every_truncation_is_refused) {
    const file_image whole = saved(TypeParam::make_with_dead(20, degree));
    for (std::size_t length = 0; length < whole.bytes.size(); ++length) {
        const auto result = loaded<typename TypeParam::index>({whole.bytes.substr(0, length)});
        ASSERT_FALSE(result) << length;
        ASSERT_EQ(result.error().code, file_errc::truncated) << length << result.error();
    }
}

TYPED_TEST(hostile, every_flipped_bit_is_noticed) {
    const file_image whole = saved(TypeParam::make_with_dead(20, degree));
    std::mt19937_64 random(1);
    for (std::size_t at = 0; at < whole.bytes.size(); ++at) {
        file_image flipped = whole;
        flipped.bytes[at] = static_cast<char>(flipped.bytes[at] ^ (1 << (random() % 8)));
        ASSERT_FALSE(loaded<typename TypeParam::index>(flipped)) << at;
    }
}

TYPED_TEST(hostile, every_byte_changed_under_a_right_checksum) {
    const file_image whole = saved(TypeParam::make_with_dead(count, degree));
    std::mt19937_64 random(2);
    for (std::size_t s = 0; s < file_image::section_count; ++s) {
        for (std::size_t i = 0; i < whole.size(s); ++i) {
            const std::size_t at = whole.offset(s) + i;
            if (support::sanitized && random() % 8 != 0) continue;
            file_image changed = whole;
            const char extremes[] = {0, 1, -1, 127, static_cast<char>(whole.bytes[at] ^ (1 << (random() % 8)))};
            changed.bytes[at] = extremes[random() % 5];
            changed.fix(s);
            this->judge(changed);
            if (testing::Test::HasFatalFailure()) FAIL() << "section " << s << " byte " << i;
        }
    }
    EXPECT_GT(this->refused_, 0u);
    EXPECT_GT(this->accepted_, 0u);
}

TYPED_TEST(hostile, several_numbers_changed_under_right_checksums) {
    const file_image whole = saved(TypeParam::make_with_dead(count, degree));
    std::mt19937_64 random(3);
    for (int round = 0; round < (support::sanitized ? 500 : 4000); ++round) {
        file_image changed = whole;
        for (std::size_t changes = 1 + random() % 4; changes > 0; --changes) {
            const std::size_t s = random() % file_image::section_count;
            if (whole.size(s) < 8) continue;
            const std::size_t at = whole.offset(s) + random() % (whole.size(s) / 4) * 4;
            const std::uint32_t values[] = {0, 1, count - 1, count, 0xFFFF'FFFFu, 0x7FFF'FFFFu, 0x7F80'0000u, 0x7FC0'0000u,
                                            0x7F7F'FFFFu, 0x0000'0001u, static_cast<std::uint32_t>(random() % count)};
            changed.put(at, values[random() % std::size(values)]);
            changed.fix(s);
        }
        this->judge(changed);
        if (testing::Test::HasFatalFailure()) FAIL() << "round " << round;
    }
}

TYPED_TEST(hostile, sections_of_other_sizes) {
    const file_image whole = saved(TypeParam::make_with_dead(20, degree));
    for (std::size_t s = 0; s < file_image::section_count; ++s) {
        for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{whole.size(s) + 64},
                                         std::uint64_t{1} << 32, (std::uint64_t{1} << 60) - 1, std::uint64_t{1} << 60,
                                         std::numeric_limits<std::uint64_t>::max()}) {
            if (size == whole.size(s)) continue;
            file_image changed = whole;
            std::uint64_t offset = 64 + 24 * file_image::section_count;
            for (std::size_t t = 0; t < file_image::section_count; ++t) {
                offset = (offset + 63) / 64 * 64;
                changed.put(file_image::table(t) + 8, offset);
                if (t == s) changed.put(file_image::table(t) + 16, size);
                offset += changed.size(t) + 4;
            }
            changed.put(16, offset);
            changed.fix_header();
            ASSERT_FALSE(loaded<typename TypeParam::index>(changed)) << s << " " << size;
        }
    }
}

/// What a certain lie about a file of floats is answered with.
class lies : public testing::Test {
protected:
    void expect_refused(const file_image& file, file_errc code, const char* why) {
        const auto result = loaded<plain::index>(file);
        ASSERT_FALSE(result) << why;
        EXPECT_EQ(result.error().code, code) << result.error();
        EXPECT_NE(result.error().message.find(why), std::string::npos) << result.error();
    }

    template <class T>
    void expect_corrupt(file_image::section s, std::size_t at, T value, const char* why) {
        expect_refused(file_.with(s, at, value), file_errc::corrupt, why);
    }

    /// The first node that passes.
    template <class Pass>
    std::size_t find(Pass&& pass) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (pass(i)) return i;
        }
        ADD_FAILURE() << "no such node";
        return 0;
    }

    std::size_t level(std::size_t i) const { return static_cast<unsigned char>(file_.bytes[file_.offset(file_image::nodes) + 12 * i + 8]); }
    std::uint32_t parent(std::size_t i) const { return file_.get<std::uint32_t>(file_.offset(file_image::nodes) + 12 * i); }
    std::uint32_t link(std::size_t i, std::size_t l) const {
        return file_.get<std::uint32_t>(file_.offset(file_image::records) + i * stride + 4 * l);
    }

    static constexpr std::size_t stride = 64 + (4 * plain::dim + 63) / 64 * 64;
    plain::index index_ = plain::make(count, degree);
    file_image file_ = saved(index_);
};

TEST_F(lies, about_the_header) {
    for (std::size_t at = 0; at < 8; ++at) {
        file_image changed = file_;
        changed.bytes[at] ^= 1;
        expect_refused(changed, file_errc::format, "no file of an index");
    }
    file_image changed = file_;
    changed.put<std::uint32_t>(8, 2);
    expect_refused(changed, file_errc::version, "version 2");
    for (const std::size_t at : {12u, 16u, 24u, 28u, 63u, 64u, 68u, 72u, 80u, 255u}) {
        changed = file_;
        changed.bytes[at] ^= 1;
        expect_refused(changed, file_errc::checksum, "header");
        if (at == 24) continue;
        changed.fix_header();
        EXPECT_FALSE(loaded<plain::index>(changed)) << at;
    }
}

TEST_F(lies, about_options) {
    constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{65'537}, huge}) expect_corrupt(file_image::options, 0, value, "dim");
    for (const std::uint64_t value : {std::uint64_t{1}, std::uint64_t{513}, huge}) expect_corrupt(file_image::options, 8, value, "degree");
    for (const std::uint64_t value : {std::uint64_t{0}, huge}) expect_corrupt(file_image::options, 16, value, "ef_construction");
    expect_corrupt(file_image::options, 0, std::uint64_t{plain::dim + 1}, "size");
    expect_corrupt(file_image::options, 8, std::uint64_t{degree + 16}, "size");
    for (const std::uint64_t slots : {std::uint64_t{count - 1}, std::uint64_t{0}, huge, std::uint64_t{1} << 31}) {
        expect_corrupt(file_image::options, 32, slots, "");
    }
    expect_corrupt(file_image::options, 40, std::uint64_t{count - 1}, "more or fewer vectors");
    expect_corrupt(file_image::options, 40, std::uint64_t{0}, "entry point");
    expect_corrupt(file_image::options, 48, huge, "more nodes");
    for (const std::uint64_t lists : {huge, std::uint64_t{1} << 31}) expect_corrupt(file_image::options, 56, lists, "more lists");
    expect_corrupt(file_image::options, 64, std::uint32_t{count}, "entry point");
    expect_corrupt(file_image::options, 64, no_slot, "entry point");
    expect_corrupt(file_image::options, 68, std::uint32_t{31}, "another level");
    expect_corrupt(file_image::options, 68, std::uint32_t{32}, "entry point");
    expect_corrupt(file_image::options, 72, std::uint64_t{4 * plain::dim + 4}, "size");
    expect_corrupt(file_image::options, 80, std::uint64_t{64}, "size");
    expect_refused(file_.with(file_image::options, 88, std::uint32_t{9}), file_errc::type, "of kind 9");
}

TEST_F(lies, about_nodes) {
    const std::size_t high = find([&](std::size_t i) { return level(i) > 0; });
    const std::size_t low = find([&](std::size_t i) { return level(i) == 0; });
    const std::size_t child = find([&](std::size_t i) { return parent(i) < count && parent(i) != 0; });
    const auto at = [](std::size_t i) { return 12 * i; };
    expect_corrupt(file_image::nodes, at(low) + 8, std::uint8_t{32}, "level");
    expect_corrupt(file_image::nodes, at(low) + 8, std::uint8_t{1}, "upper links");
    expect_corrupt(file_image::nodes, at(high) + 4, no_slot, "upper links");
    expect_corrupt(file_image::nodes, at(high) + 4, std::uint32_t{7}, "upper links");
    expect_corrupt(file_image::nodes, at(low) + 4, std::uint32_t{0}, "upper links");
    expect_corrupt(file_image::nodes, at(low) + 9, std::uint8_t{1}, "locked");
    for (const int state : {1, 2, 5, 255}) {
        expect_corrupt(file_image::nodes, at(low) + 10, static_cast<std::uint8_t>(state), "state");
    }
    expect_corrupt(file_image::nodes, at(low) + 11, std::uint8_t{255}, "miscounted");
    expect_corrupt(file_image::nodes, at(child), std::uint32_t{count}, "parent");
    expect_corrupt(file_image::nodes, at(child), no_slot, "does not exist");
    expect_corrupt(file_image::nodes, at(child), sextant::tree_root, "root");
    expect_corrupt(file_image::nodes, at(child), static_cast<std::uint32_t>(child), "miscounted");

    // One whose parent is made its own child: counts are right, but there is a cycle.
    file_image cycle = file_;
    const std::size_t nodes = file_.offset(file_image::nodes);
    const std::size_t up = parent(child);
    cycle.put(nodes + at(up), static_cast<std::uint32_t>(child));
    cycle.bytes[nodes + at(child) + 11]++;
    cycle.bytes[nodes + at(parent(up)) + 11]--;
    cycle.fix(file_image::nodes);
    expect_refused(cycle, file_errc::corrupt, "ancestor");

    // A node that is freed, or dies, with its place in the tree.
    expect_corrupt(file_image::nodes, at(child) + 10, std::uint8_t{0}, "not live");
    expect_corrupt(file_image::nodes, at(child) + 10, std::uint8_t{4}, "not live");
}

TEST_F(lies, about_links) {
    expect_corrupt(file_image::records, 0, std::uint32_t{count}, "nowhere");
    expect_corrupt(file_image::records, 0, std::uint32_t{0xFFFF'FFFEu}, "nowhere");
    const std::size_t full = find([&](std::size_t i) { return link(i, 2) != no_slot; });
    expect_corrupt(file_image::records, full * stride, no_slot, "after its end");
    const std::size_t child = find([&](std::size_t i) { return parent(i) < count; });
    std::size_t l = 0;
    while (link(child, l) != parent(child)) ++l;
    expect_corrupt(file_image::records, child * stride + 4 * l, static_cast<std::uint32_t>(child), "linked to its parent");
    l = 0;
    while (link(parent(child), l) != child) ++l;
    expect_corrupt(file_image::records, parent(child) * stride + 4 * l, parent(child), "linked to its");
    expect_corrupt(file_image::records, 60, std::uint8_t{1}, "between links");  // 32 bytes of links
    const std::size_t low = find([&](std::size_t i) { return level(i) == 0; });
    expect_corrupt(file_image::upper, 0, static_cast<std::uint32_t>(low), "not on its level");
    expect_corrupt(file_image::upper, 0, std::uint32_t{count}, "nowhere");
    expect_corrupt(file_image::upper, 20, std::uint32_t{1}, "between lists");
}

TEST_F(lies, about_codes_and_keys) {
    for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 3e38f}) {
        expect_corrupt(file_image::records, 5 * stride + 64 + 4, value, "code");
    }
    expect_corrupt(file_image::keys, 8, std::uint64_t{0}, "one key");
}

TEST_F(lies, about_what_was_learned) {
    using kind = io_test::kind<sextant::l2, sextant::rabitq<4>>;
    const file_image file = saved(kind::make(80));
    const auto expect = [](const file_image& changed) {
        const auto result = loaded<kind::index>(changed);
        ASSERT_FALSE(result);
        EXPECT_NE(result.error().message.find("learned"), std::string::npos) << result.error();
    };
    // After the rotation's checksum and the count the first vector, then the mean or the sums.
    constexpr std::size_t first = 8;
    const std::size_t rest = first + (file.size(file_image::codec) - first) / 2;
    ASSERT_EQ(file.get<std::uint32_t>(file.offset(file_image::codec) + 4), 256u + 64u);
    expect(file.with(file_image::codec, 0, std::uint32_t{1}));  // another rotation
    for (const std::uint32_t said : {0u, 63u, 64u, 65u, 256u, 256u + 63u, 256u + 65u, 512u + 64u, 768u + 64u}) {
        expect(file.with(file_image::codec, 4, said));
    }
    for (const std::size_t at : {first, rest}) {
        expect(file.with(file_image::codec, at, std::numeric_limits<float>::quiet_NaN()));
        expect(file.with(file_image::codec, at, 1e30f));
    }
    const file_image young = saved(kind::make(10));
    ASSERT_EQ(young.get<std::uint32_t>(young.offset(file_image::codec) + 4), 256u + 10u);
    expect(young.with(file_image::codec, first, std::numeric_limits<float>::infinity()));
    expect(young.with(file_image::codec, rest, std::numeric_limits<double>::infinity()));
    expect(young.with(file_image::codec, rest, 1e300));
}

/// A code that says it is centred would be waited for if there were no mean.
TEST_F(lies, about_being_centred) {
    using kind = io_test::kind<sextant::l2, sextant::lvq<8>>;
    const file_image young = saved(kind::make(10));
    // Of the second record, as the first vector counted from itself has no steps: links; 40 integers of a byte, in groups of
    // 16; add and low.
    const std::size_t step = young.size(file_image::records) / 10 + 64 + 48 + 8;
    const float positive = young.get<float>(young.offset(file_image::records) + step);
    ASSERT_GT(positive, 0.0f);
    const auto result = loaded<kind::index>(young.with(file_image::records, step, -positive));
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("code"), std::string::npos) << result.error();
}

/// A stream that promises two thousand million vectors and holds none of them.
TEST_F(lies, about_size_get_no_memory) {
    file_image promising = file_;
    constexpr std::uint64_t slots = 0x7FFF'FFFF;
    const std::uint64_t sizes[] = {file_.size(0), file_.size(1), file_.size(2), 12 * slots, stride * slots, file_.size(5), 0, 8 * slots};
    std::uint64_t offset = 64 + 24 * file_image::section_count;
    for (std::size_t s = 0; s < file_image::section_count; ++s) {
        offset = (offset + 63) / 64 * 64;
        promising.put(file_image::table(s) + 8, offset);
        promising.put(file_image::table(s) + 16, sizes[s]);
        offset += sizes[s] + 4;
    }
    promising.put(16, offset);
    promising.put(promising.offset(file_image::options) + 32, slots);
    promising.fix(file_image::options);
    promising.fix_header();
    const auto result = loaded<plain::index>(promising);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().code, file_errc::type);

    const io_test::scratch_directory directory;
    io_test::put_contents(directory / "promising", promising.bytes);
    const auto from_file = sextant::load<plain::index>(directory / "promising");
    ASSERT_FALSE(from_file);
    EXPECT_EQ(from_file.error().code, file_errc::truncated);
    const auto mapped = sextant::open_mapped<plain::index>(directory / "promising");
    ASSERT_FALSE(mapped);
    EXPECT_EQ(mapped.error().code, file_errc::truncated);
}

TEST(links_that_are_there_twice, do_no_harm) {
    const plain::index index = plain::make_with_dead(count, degree);
    std::size_t doubled = 0;
    for (sextant::slot id = 0; id < index.nodes().end(); ++id) {
        sextant::link_list list = index.nodes().links(id);
        std::vector<sextant::slot> ids;
        list.each([&](sextant::slot other) { ids.push_back(other); });
        for (std::size_t i = 0; ids.size() + i < list.capacity() && i < ids.size(); ++i, ++doubled) list.append(ids.size() + i, ids[i]);
    }
    ASSERT_GT(doubled, count);
    ASSERT_GT(index.validate().duplicate_links, count);

    auto changed = loaded<plain::index>(saved(index));
    ASSERT_TRUE(changed) << changed.error();
    const auto more = plain::points(count, 8);
    for (std::size_t row = 0; row < count; ++row) {
        changed->erase(plain::key_of(row));
        changed->insert(plain::key_of(count + row), more[row]);
        const auto again = loaded<plain::index>(saved(*changed));
        ASSERT_TRUE(again) << "after " << row << " changes: " << again.error();
        ASSERT_EQ(again->checksum(), changed->checksum());
    }
}

}  // namespace hostile_test
