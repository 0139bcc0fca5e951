#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/run_short.hpp"
#include "index/support/soundness.hpp"
#include "support/allocations.hpp"

namespace repair_memory_test {

using sextant::slot;

class repair_without_memory : public testing::Test {
protected:
    static constexpr std::size_t count = 600;
    support::matrix<float> points_ = support::clustered_points(count, 8, 331);
    sextant::index<sextant::l2> index_{{.dim = 8, .degree = 4, .ef_construction = 20}};

    void SetUp() override {
        if (!support::operator_new_is_watched()) GTEST_SKIP() << "operator new cannot be watched here";
        index_.build(support::keys_from(0, count), sextant::rows(points_.values, 8));
    }

    /// A third of the nodes lose all links, another third their parents.
    void damage() {
        const sextant::graph& nodes = index_.nodes();
        for (slot id = 0; id < nodes.end(); ++id) {
            if (id % 3 == 0) nodes.links(id).assign({});
            if (id % 3 == 1) nodes.at(id).parent = id / 2;
        }
    }

    void expect_answers() {
        ASSERT_EQ(index_.size(), count);
        for (std::size_t row = 0; row < count; row += 37) {
            ASSERT_TRUE(index_.contains(row));
            ASSERT_EQ(index_.search_exact(points_[row], 1).at(0).distance, 0.0f);
            ASSERT_FALSE(index_.search(points_[row], 5).empty());
        }
    }
};

TEST_F(repair_without_memory, leaves_an_index_that_answers_and_can_be_repaired) {
    const auto begin = [&] {
        damage();
        sextant::release_scratch();
    };
    begin();
    const std::size_t failures = support::run_short<support::memory_shortage>([&] { index_.repair(); }, [&] {
        ASSERT_NO_FATAL_FAILURE(expect_answers());
        index_.repair();
        ASSERT_TRUE(index_.validate().ok());
        begin();
    });
    EXPECT_GT(failures, 15u);
    EXPECT_NO_FATAL_FAILURE(expect_answers());
    EXPECT_TRUE(index_.validate().ok());
    support::expect_sound(index_.nodes());
}

TEST_F(repair_without_memory, of_keys_leaves_them_as_they_were) {
    std::size_t key = count;
    const auto begin = [&] {
        // Its old key leads to it still, its new one does not yet, unless it happens to be looked for in the same place.
        do {
            sextant::index_access::state(index_).keys.assign(100, key++);
        } while (index_.contains(key - 1));
        ASSERT_EQ(index_.validate().lost_keys, 1u);
        sextant::release_scratch();
    };
    const auto expect_as_before = [&] {
        ASSERT_EQ(index_.size(), count);
        for (std::size_t row = 1; row < count; row += 50) ASSERT_TRUE(index_.contains(row));
    };
    begin();
    const std::size_t failures = support::run_short<support::memory_shortage>([&] { index_.repair(); }, [&] {
        ASSERT_NO_FATAL_FAILURE(expect_as_before());
        begin();
    });
    EXPECT_GT(failures, 15u);
    EXPECT_NO_FATAL_FAILURE(expect_as_before());
    EXPECT_TRUE(index_.validate().ok());
}

TEST_F(repair_without_memory, validation_leaves_everything_as_it_was) {
    std::size_t failures = 0;
    std::optional<sextant::integrity_report> report;
    const std::uint32_t sum = index_.checksum();
    for (std::size_t granted = 0; !report; ++granted) {
        const support::memory_shortage shortage(granted);
        try {
            report = index_.validate();
        } catch (const std::bad_alloc&) {
            ++failures;
        }
    }
    EXPECT_GT(failures, 4u);
    EXPECT_TRUE(report->ok());
    EXPECT_EQ(index_.checksum(), sum);
}

}  // namespace repair_memory_test
