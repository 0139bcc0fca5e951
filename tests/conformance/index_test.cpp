#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conformance/archetypes.hpp"

namespace index_test {

/// A metric and a codec that a program brings: all that an index asks of them.
struct own_metric {};

class own_codec : public archetypes::codec {
public:
    using metric_type = own_metric;

    own_codec(std::size_t dim, own_metric) : codec(dim) {}

    const own_metric& metric() const { return own_; }

private:
    own_metric own_;
};

struct own_storage {
    template <class>
    using for_metric = own_codec;
};

TEST(index, takes_a_codec_and_keys_that_are_nothing_else) {
    using index = sextant::index<own_metric, own_storage, archetypes::key, archetypes::key_hash>;
    index tested({.dim = 2, .degree = 3});
    std::vector<archetypes::coordinate> block;
    std::vector<archetypes::key> keys;
    for (std::int32_t i = 0; i < 200; ++i) {
        block.push_back({i});
        block.push_back({-i});
        keys.emplace_back(static_cast<std::uint64_t>(i));
    }
    archetypes::executor executor;
    EXPECT_EQ(tested.build(keys, sextant::rows(block, 2), {.executor = &executor}), 200u);
    EXPECT_FALSE(tested.insert(keys[7], std::vector<archetypes::coordinate>{{1}, {1}}));
    EXPECT_TRUE(tested.insert(archetypes::key(500), std::vector<archetypes::coordinate>{{50}, {-50}}));
    EXPECT_TRUE(tested.contains(keys[199]));
    EXPECT_EQ(tested.get(keys[9]).value()[1].value, -9);

    const std::vector<archetypes::coordinate> query{{51}, {-50}};
    const auto hits = tested.search(query, 3, {.ef = 300});
    ASSERT_EQ(hits.size(), 3u);
    EXPECT_EQ(hits[0], (sextant::hit<archetypes::key>{keys[50], 1.0f}));
    EXPECT_EQ(hits[1], (sextant::hit<archetypes::key>{keys[51], 1.0f}));
    EXPECT_EQ(hits[2], (sextant::hit<archetypes::key>{archetypes::key(500), 1.0f}));
    const auto only = [&](const archetypes::key& key) { return archetypes::verdict(key == keys[3]); };
    EXPECT_EQ(tested.search(query, 3, {}, only).size(), 1u);
    EXPECT_EQ(tested.search(query, 3, {.filter = only}).size(), 1u);
    EXPECT_EQ(tested.search_exact(query, 500).size(), 201u);
    EXPECT_EQ(tested.search_batch(sextant::rows(query, 2), 2, {}, &executor)[0].size(), 2u);

    EXPECT_TRUE(tested.erase(keys[50]));
    EXPECT_FALSE(tested.erase(keys[50]));
    EXPECT_FALSE(tested.insert_or_assign(keys[51], std::vector<archetypes::coordinate>{{-51}, {51}}));
    EXPECT_TRUE(tested.insert_or_assign(archetypes::key(501), query));
    const auto changed = [&] {
        const auto nearest = tested.search(query, 2, {.ef = 300});
        ASSERT_EQ(nearest.size(), 2u);
        EXPECT_EQ(nearest[0], (sextant::hit<archetypes::key>{archetypes::key(501), 0.0f}));
        EXPECT_EQ(nearest[1], (sextant::hit<archetypes::key>{archetypes::key(500), 1.0f}));
        EXPECT_EQ(tested.get(keys[51]).value()[0].value, -51);
    };
    changed();
    tested.compact({.order = sextant::slot_order::by_locality});
    changed();
    EXPECT_EQ(tested.size(), 201u);
}

}  // namespace index_test
