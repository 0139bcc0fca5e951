#include <sextant/graph/key_map.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/support/keys.hpp"

namespace key_map_test {

using sextant::key_map;
using sextant::no_slot;
using sextant::slot;
using support::constant_hash;
using support::fragile_hash;
using support::fragile_key;
using support::key_of;
using support::uuid;
using support::uuid_hash;

template <class KeyType, class HashType, std::size_t Keys>
struct keyed {
    using key = KeyType;
    using hash = HashType;
    static constexpr std::size_t keys = Keys;  ///< how many different ones are used
};

template <class Keyed>
class key_maps : public testing::Test {};

using kinds = testing::Types<keyed<std::uint64_t, std::hash<std::uint64_t>, 4000>,
                             keyed<std::string, std::hash<std::string>, 4000>, keyed<uuid, uuid_hash, 4000>,
                             keyed<std::uint64_t, constant_hash, 400>, keyed<std::string, constant_hash, 200>>;
TYPED_TEST_SUITE(key_maps, kinds);

TYPED_TEST(key_maps, agree_with_an_unordered_map) {
    using key = typename TypeParam::key;
    key_map<key, typename TypeParam::hash> map;
    std::unordered_map<key, slot, typename TypeParam::hash> model;
    std::mt19937_64 random(5);

    slot next = 0;  // a slot whose claim was refused is named again, as the graph would
    for (std::size_t i = 0; i < 3 * TypeParam::keys; ++i) {
        const key name = key_of<key>(random() % TypeParam::keys);
        map.assign(next, name);
        ASSERT_EQ(map[next], name);
        const bool claimed = map.claim(next);
        ASSERT_EQ(claimed, model.emplace(name, next).second);
        if (claimed) ++next;

        const key other = key_of<key>(random() % TypeParam::keys);
        const auto found = model.find(other);
        ASSERT_EQ(map.find(other), found == model.end() ? no_slot : found->second);
    }
    for (const auto& [name, id] : model) {
        ASSERT_EQ(map.find(name), id);
        ASSERT_EQ(map[id], name);
    }
    ASSERT_EQ(map.find(key_of<key>(TypeParam::keys + 1)), no_slot);
}

TYPED_TEST(key_maps, take_slots_in_any_order_and_find_only_what_was_claimed) {
    using key = typename TypeParam::key;
    key_map<key, typename TypeParam::hash> map;
    map.assign(100, key_of<key>(1));
    EXPECT_EQ(map.find(key_of<key>(1)), no_slot) << "named, not claimed";
    EXPECT_EQ(map.find(key{}), no_slot) << "the slots before it have default keys";
    EXPECT_TRUE(map.claim(100));
    EXPECT_EQ(map.find(key_of<key>(1)), 100u);

    map.assign(3, key{});
    EXPECT_TRUE(map.claim(3));
    EXPECT_EQ(map.find(key{}), 3u);
    EXPECT_EQ(map[100], key_of<key>(1));
}

TYPED_TEST(key_maps, let_exactly_one_of_many_threads_claim_a_key) {
    using key = typename TypeParam::key;
    constexpr std::size_t threads = 4;
    constexpr std::size_t keys = TypeParam::keys / 4;
    key_map<key, typename TypeParam::hash> map;
    std::vector<std::atomic<int>> winners(keys);
    std::atomic<slot> next = 0;
    std::atomic<bool> lost_again = false;
    std::vector<std::thread> workers;
    for (std::size_t t = 0; t < threads; ++t) {
        workers.emplace_back([&, t] {
            for (std::size_t i = 0; i < keys; ++i) {
                // Two threads go up, two go down, so that they race on some keys and meet old ones elsewhere.
                const std::size_t n = t % 2 == 0 ? i : keys - 1 - i;
                const slot id = next++;
                map.assign(id, key_of<key>(n));
                if (map.claim(id)) ++winners[n];
                if (map.find(key_of<key>(n)) == no_slot) lost_again = true;
            }
        });
    }
    for (std::thread& worker : workers) worker.join();
    for (std::size_t n = 0; n < keys; ++n) {
        ASSERT_EQ(winners[n], 1) << "key " << n;
        ASSERT_EQ(map[map.find(key_of<key>(n))], key_of<key>(n));
    }
    EXPECT_FALSE(lost_again);
}

/// Strings that libstdc++'s std::hash takes for one on 64-bit machines: of its MurmurHash64A, pairs of words that cancel out.
std::vector<std::string> strings_of_one_hash(std::size_t bits) {
    constexpr std::uint64_t factor = 0xC6A4'A793'5BD1'E995u;
    std::uint64_t inverse = factor;
    for (int i = 0; i < 6; ++i) inverse *= 2 - factor * inverse;
    const auto unmixed = [inverse](std::uint64_t word) {
        word *= inverse;
        word ^= word >> 47;
        return word * inverse;
    };
    const std::array<std::uint64_t, 2> words{unmixed(0x1234'5678'1234'5678u), unmixed(0x9234'5678'1234'5678u)};
    std::vector<std::string> result;
    for (std::size_t i = 0; i < std::size_t{1} << bits; ++i) {
        std::string text;
        for (std::size_t bit = 0; bit < bits; ++bit) {
            std::array<char, sizeof(std::uint64_t)> bytes;
            std::memcpy(bytes.data(), &words[(i >> bit) & 1], bytes.size());
            for (int twice = 0; twice < 2; ++twice) text.append(bytes.data(), bytes.size());
        }
        result.push_back(std::move(text));
    }
    return result;
}

/// Or a file could hold keys among which each step of a search for one passes all others.
TEST(key_map, keeps_strings_apart_that_std_hash_takes_for_one) {
    const std::vector<std::string> texts = strings_of_one_hash(10);
    const std::hash<std::string> hash;
    if (hash(texts.front()) != hash(texts.back())) GTEST_SKIP() << "another std::hash";
    key_map<std::string, std::hash<std::string>> map;
    for (slot id = 0; id < texts.size(); ++id) {
        map.assign(id, texts[id]);
        ASSERT_TRUE(map.claim(id));
    }
    std::size_t descents = 0;  // in the order of cells: those of one hash stand in a row
    slot last = 0;
    map.each_claimed([&](slot id) { descents += std::exchange(last, id) > id ? 1u : 0u; });
    EXPECT_GT(descents, texts.size() / 4);
}

TEST(key_map, keeps_keys_where_they_are) {
    key_map<std::string, std::hash<std::string>> map;
    map.assign(0, "first");
    const std::string* const address = &map[0];
    for (slot id = 1; id < 5000; ++id) map.assign(id, key_of<std::string>(id));
    EXPECT_EQ(&map[0], address);
    EXPECT_EQ(*address, "first");
}

TEST(key_map, reserves_the_room_of_keys_and_counts_its_bytes) {
    key_map<uuid, uuid_hash> map;
    EXPECT_EQ(map.bytes(), 0u);
    map.reserve(3000);
    const std::size_t reserved = map.bytes();
    EXPECT_GE(reserved, 3000 * sizeof(uuid));
    for (slot id = 0; id < 3000; ++id) {
        map.assign(id, key_of<uuid>(id));
        map.claim(id);
    }
    EXPECT_GE(map.bytes(), reserved + 3000 * sizeof(slot)) << "the way back from key to slot counts too";
    EXPECT_LE(map.bytes(), reserved + 3000 * 4 * sizeof(slot));
}

TEST(key_map, destroys_every_key_it_made) {
    const auto before = fragile_key::living.load();
    {
        key_map<fragile_key, fragile_hash> map;
        map.assign(300, fragile_key(1));
        map.assign(2, fragile_key(2));
        EXPECT_EQ(fragile_key::living - before, 301);
    }
    EXPECT_EQ(fragile_key::living, before);
}

TEST(key_map, is_as_before_when_a_key_cannot_be_copied) {
    key_map<fragile_key, fragile_hash> map;
    map.assign(0, fragile_key(10));
    ASSERT_TRUE(map.claim(0));
    const fragile_key late(11);
    {
        const support::copy_limit none(0);
        EXPECT_THROW(map.assign(1, late), std::runtime_error);
    }
    EXPECT_EQ(map.find(fragile_key(10)), 0u);
    EXPECT_EQ(map.find(late), no_slot);
    map.assign(1, late);
    EXPECT_TRUE(map.claim(1));
    EXPECT_EQ(map.find(late), 1u);
}

/// A hash that tells no two keys apart and fails when a test says so.
struct fragile_constant_hash {
    static inline int calls_left = INT_MAX;

    std::size_t operator()(std::uint64_t) const {
        if (calls_left-- <= 0) throw std::runtime_error("a key that cannot be hashed");
        return 42;
    }
};

TEST(key_map, forgets_nothing_when_another_key_cannot_be_hashed) {
    constexpr slot keys = 20;
    int& calls_left = fragile_constant_hash::calls_left;
    for (slot forgotten = 0; forgotten < keys; ++forgotten) {
        key_map<std::uint64_t, fragile_constant_hash> map;
        for (slot id = 0; id < keys; ++id) {
            map.assign(id, id);
            ASSERT_TRUE(map.claim(id));
        }
        for (int calls = 0;; ++calls) {
            bool asked = false;
            bool failed = false;
            calls_left = calls;
            try {
                map.unclaim_if(forgotten, [&](slot) { return asked = true; });
            } catch (const std::runtime_error&) {
                failed = true;
            }
            calls_left = INT_MAX;
            for (slot id = 0; id < keys; ++id) {
                ASSERT_EQ(map.find(id), id == forgotten && !failed ? no_slot : id) << forgotten << " after " << calls << " calls";
            }
            ASSERT_EQ(asked, !failed);
            if (!failed) break;
            ASSERT_LE(calls, 40);
        }
    }
}

/// A number that counts how often it is compared.
struct counting_key {
    static inline std::size_t comparisons = 0;
    std::uint64_t value = 0;

    friend bool operator==(const counting_key& a, const counting_key& b) {
        ++comparisons;
        return a.value == b.value;
    }
};

struct counting_key_hash {
    std::size_t operator()(const counting_key& key) const noexcept { return key.value; }
};

TEST(key_map, is_not_slow_with_keys_that_somebody_chose) {
    counting_key::comparisons = 0;
    // Without a secret, these fall all into one table and there into one place of 4,096.
    std::vector<counting_key> chosen;
    for (std::uint64_t n = 0; chosen.size() < 1000; ++n) {
        if ((sextant::mix(n) & 0xF000'0000'0000'0FFFu) == 0) chosen.push_back({n});
    }
    key_map<counting_key, counting_key_hash> map;
    for (slot id = 0; id < chosen.size(); ++id) {
        map.assign(id, chosen[id]);
        ASSERT_TRUE(map.claim(id));
    }
    EXPECT_LT(counting_key::comparisons, 20'000u) << "500,000 if each meets all before it";
}

TYPED_TEST(key_maps, forget_and_replace_as_an_unordered_map_does) {
    using key = typename TypeParam::key;
    key_map<key, typename TypeParam::hash> map;
    std::unordered_map<key, slot, typename TypeParam::hash> model;
    std::mt19937_64 random(6);
    std::vector<slot> free;
    slot end = 0;
    for (std::size_t i = 0; i < 5 * TypeParam::keys; ++i) {
        const key name = key_of<key>(random() % (TypeParam::keys / 4));
        if (random() % 2 == 0) {
            slot id = end;
            if (free.empty()) {
                ++end;
            } else {
                id = free.back();
                free.pop_back();
            }
            map.assign(id, name);
            const auto [place, added] = model.emplace(name, id);
            ASSERT_EQ(map.claim_or_replace(id), added ? no_slot : place->second);
            if (!added) free.push_back(std::exchange(place->second, id));
        } else {
            const auto place = model.find(name);
            const bool may = random() % 4 != 0;
            ASSERT_EQ(map.unclaim_if(name, [&](slot) { return may; }), place == model.end() ? no_slot : place->second);
            if (place != model.end() && may) {
                free.push_back(place->second);
                model.erase(place);
            }
        }
        const key other = key_of<key>(random() % (TypeParam::keys / 4));
        const auto place = model.find(other);
        ASSERT_EQ(map.find(other), place == model.end() ? no_slot : place->second);
    }
    for (const auto& [name, id] : model) ASSERT_EQ(map.find(name), id);
}

}  // namespace key_map_test
