#include <sextant/search/beam.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace beam_test {

using sextant::beam;
using sextant::neighbor;
using sextant::slot;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// What a beam does, said with a sorted vector.
class model {
public:
    explicit model(std::size_t capacity) : capacity_(capacity) {}

    bool push(float distance, slot id) {
        const entry fresh{{distance, id}, false};
        if (entries_.size() == capacity_) {
            if (!(fresh.what < entries_.back().what)) return false;
            entries_.pop_back();
        }
        const auto before = [](const entry& a, const entry& b) { return a.what < b.what; };
        entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), fresh, before), fresh);
        return true;
    }

    bool has_next() const { return next() != entries_.size(); }

    slot pop() {
        entry& e = entries_[next()];
        e.expanded = true;
        return e.what.id;
    }

    float worst() const { return entries_.size() == capacity_ ? entries_.back().what.distance : infinity; }
    std::size_t size() const { return entries_.size(); }
    neighbor operator[](std::size_t i) const { return entries_[i].what; }

private:
    struct entry {
        neighbor what;
        bool expanded;
    };

    std::size_t next() const {
        const auto open = std::find_if(entries_.begin(), entries_.end(), [](const entry& e) { return !e.expanded; });
        return static_cast<std::size_t>(open - entries_.begin());
    }

    std::size_t capacity_;
    std::vector<entry> entries_;
};

void expect_same(const beam& tested, const model& expected) {
    ASSERT_EQ(tested.size(), expected.size());
    ASSERT_EQ(tested.full(), expected.size() == tested.capacity());
    ASSERT_EQ(tested.worst(), expected.worst());
    ASSERT_EQ(tested.has_next(), expected.has_next());
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(tested[i], expected[i]) << "at " << i;
}

/// Pushes and pops at random, with distances drawn by `distance`; every slot comes once.
template <class Distance>
void run_against_model(std::size_t capacity, std::uint64_t seed, beam& tested, Distance&& distance) {
    SCOPED_TRACE("capacity " + std::to_string(capacity) + ", seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<slot> ids(400);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<slot>(i * 5'368'709);
    std::shuffle(ids.begin(), ids.end(), random);

    tested.reset(capacity);
    model expected(capacity);
    for (const slot id : ids) {
        if (random() % 3 == 0 && expected.has_next()) {
            ASSERT_EQ(tested.pop(), expected.pop());
        }
        const float d = distance(random);
        ASSERT_EQ(tested.push(d, id), expected.push(d, id));
        ASSERT_NO_FATAL_FAILURE(expect_same(tested, expected));
    }
    while (expected.has_next()) {
        ASSERT_TRUE(tested.has_next());
        ASSERT_EQ(tested.pop(), expected.pop());
        ASSERT_NO_FATAL_FAILURE(expect_same(tested, expected));
    }
}

template <class Distance>
void run_all_capacities(Distance&& distance) {
    beam tested;  // one for all, as a thread's scratch has one
    for (const std::size_t capacity : {1u, 2u, 3u, 10u, 64u, 399u, 400u, 1000u, 7u}) {
        for (std::uint64_t seed = 0; seed < 3; ++seed) {
            ASSERT_NO_FATAL_FAILURE(run_against_model(capacity, seed, tested, distance));
        }
    }
}

TEST(beam, agrees_with_a_sorted_vector) {
    run_all_capacities([](auto& random) { return static_cast<float>(random() % 100'000) * 0.01f; });
}

TEST(beam, breaks_many_ties_by_slot) {
    run_all_capacities([](auto& random) { return static_cast<float>(random() % 4); });
}

TEST(beam, holds_equal_distances_only) {
    run_all_capacities([](auto&) { return 1.5f; });
}

TEST(beam, sorts_negative_distances_and_both_zeros) {
    const std::vector<float> some{-2.0f, -0.5f, -0.0f, 0.0f, 0.5f, -1e-40f, 1e-40f};
    run_all_capacities([&](auto& random) { return some[random() % some.size()]; });
}

TEST(beam, sorts_infinities_and_the_largest_floats) {
    constexpr float largest = std::numeric_limits<float>::max();
    const std::vector<float> some{-infinity, -largest, -1.0f, 0.0f, 1.0f, largest, infinity};
    run_all_capacities([&](auto& random) { return some[random() % some.size()]; });
}

TEST(beam, keeps_the_highest_slots) {
    constexpr auto highest = static_cast<slot>(sextant::max_slots - 1);
    beam tested;
    tested.reset(3);
    for (const slot id : {highest, slot{0}, highest - 1}) EXPECT_TRUE(tested.push(1.0f, id));
    EXPECT_FALSE(tested.push(1.0f, highest)) << "the worst entry does not beat itself";
    EXPECT_EQ(tested[0], (neighbor{1.0f, 0}));
    EXPECT_EQ(tested[1], (neighbor{1.0f, highest - 1}));
    EXPECT_EQ(tested[2], (neighbor{1.0f, highest}));
    EXPECT_EQ(tested.pop(), 0u);
    EXPECT_EQ(tested.pop(), highest - 1);
    EXPECT_EQ(tested[1], (neighbor{1.0f, highest - 1})) << "being expanded does not show";
    EXPECT_EQ(tested.pop(), highest);
    EXPECT_FALSE(tested.has_next());
}

TEST(beam, expands_a_nearer_newcomer_before_going_on) {
    beam tested;
    tested.reset(4);
    tested.push(5.0f, 1);
    tested.push(6.0f, 2);
    EXPECT_EQ(tested.pop(), 1u);
    tested.push(3.0f, 3);
    tested.push(5.5f, 4);
    EXPECT_EQ(tested.pop(), 3u);
    EXPECT_EQ(tested.pop(), 4u);
    EXPECT_EQ(tested.pop(), 2u);
    EXPECT_FALSE(tested.has_next());
}

TEST(beam, forgets_everything_when_reset) {
    beam tested;
    tested.reset(2);
    tested.push(1.0f, 1);
    tested.push(2.0f, 2);
    tested.pop();
    tested.reset(5);
    EXPECT_EQ(tested.size(), 0u);
    EXPECT_EQ(tested.capacity(), 5u);
    EXPECT_EQ(tested.worst(), infinity);
    EXPECT_FALSE(tested.has_next());
}

TEST(beam, knows_what_it_holds) {
    beam found;
    found.reset(3);
    EXPECT_FALSE(found.holds(0));
    for (const slot id : {4u, 5u, 6u, 7u}) found.push(static_cast<float>(10 - id), id);
    found.pop();
    EXPECT_FALSE(found.holds(4)) << "it had to go";
    for (const slot id : {5u, 6u, 7u}) EXPECT_TRUE(found.holds(id));
    EXPECT_FALSE(found.holds(14)) << "twice a slot";
}

TEST(beam, keeps_its_memory_for_the_next_search) {
    beam tested;
    tested.reset(1000);
    const std::size_t bytes = tested.bytes();
    EXPECT_GE(bytes, 1000 * sizeof(neighbor));
    tested.reset(10);
    tested.reset(1000);
    EXPECT_EQ(tested.bytes(), bytes);
}

// A metric of the program's own may break its promise. Where a NaN lands is nobody's business, but it must not cost any
// other entry its place.
TEST(beam, survives_nan) {
    for (const float bad : {nan, -nan}) {
        beam tested;
        tested.reset(50);
        std::mt19937_64 random(3);
        std::vector<neighbor> expected;
        for (slot id = 0; id < 50; ++id) {
            const bool is_bad = id % 5 == 0;
            const float d = is_bad ? bad : static_cast<float>(random() % 10) - 5.0f;
            EXPECT_TRUE(tested.push(d, id));
            if (!is_bad) expected.push_back({d, id});
        }
        std::sort(expected.begin(), expected.end());
        std::vector<neighbor> kept;
        std::vector<bool> met(50, false);
        for (std::size_t i = 0; i < tested.size(); ++i) {
            met[tested[i].id] = true;
            if (!std::isnan(tested[i].distance)) kept.push_back(tested[i]);
        }
        EXPECT_EQ(kept, expected);
        EXPECT_EQ(std::count(met.begin(), met.end(), true), 50);

        std::size_t expanded = 0;
        for (; tested.has_next(); ++expanded) tested.pop();
        EXPECT_EQ(expanded, 50u);
        for (slot id = 50; id < 150; ++id) tested.push(id % 2 == 0 ? bad : -10.0f, id);
        EXPECT_EQ(tested.size(), 50u);
    }
}

}  // namespace beam_test
