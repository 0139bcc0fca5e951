#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "index/support/contents.hpp"
#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "index/support/run_short.hpp"
#include "support/allocations.hpp"

namespace life_memory_shortage_test {

using support::key_of;
using support::life_case;
using support::memory_shortage;
using support::run_short;

/// An index that is erased from and updated while memory runs short at every request there is.
template <class Case>
class memory_shortages_of_change : public testing::Test {
protected:
    memory_shortages_of_change() {
        sextant::release_scratch();
        for (std::size_t row = 0; row < 120; ++row) {
            index_.insert(key_of<key_type>(row), points_[row]);
            held_.insert(key_of<key_type>(row), row);
        }
    }

    void TearDown() override { sextant::release_scratch(); }

    using key_type = typename Case::key;

    /// What must hold after every failure; the whole index is looked at now and then.
    void expect_as_before() {
        ASSERT_EQ(index_.size(), held_.size());
        const auto query = points_[failures_ % points_.rows];
        ASSERT_NO_FATAL_FAILURE(held_.expect_nearest(index_.search_exact(query, 200), query, 200));
        ASSERT_NO_FATAL_FAILURE(held_.expect_valid(index_.search(query, 10, {.ef = 20}), query));
        if (++failures_ % 50 == 0) {
            ASSERT_NO_FATAL_FAILURE(held_.expect_in(index_));
        }
    }

    /// Calls `change` with every shortage until it has happened, then `record`.
    template <class Change, class Record>
    void change_short(Change&& change, Record&& record) {
        bool happened = false;
        run_short<memory_shortage>(
            [&] {
                sextant::release_scratch();
                if (happened) return;
                change();
                happened = true;
            },
            [&] {
                if (!happened) expect_as_before();
            });
        ASSERT_TRUE(happened);
        record();
        ASSERT_EQ(index_.size(), held_.size());
    }

    support::matrix<typename Case::element> points_ = Case::points(300, 371);
    typename Case::index index_{{.dim = Case::dim, .degree = 4, .ef_construction = 10}};
    support::contents<Case> held_{points_};
    std::size_t failures_ = 0;
};

using cases = testing::Types<life_case<sextant::l2>, life_case<sextant::hamming, sextant::bits, std::string>>;
TYPED_TEST_SUITE(memory_shortages_of_change, cases);

TYPED_TEST(memory_shortages_of_change, leave_a_key_erased_or_there) {
    // So many that slots are given back and used again, whatever that needs memory for.
    for (std::size_t row = 0; row < 120; ++row) {
        SCOPED_TRACE(row);
        const auto name = key_of<typename TypeParam::key>(row);
        bool erased = false;
        this->change_short([&] { erased = this->index_.erase(name); }, [&] { this->held_.erase(name); });
        ASSERT_TRUE(erased);
        ASSERT_FALSE(this->index_.contains(name));
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_TRUE(this->index_.empty());
}

TYPED_TEST(memory_shortages_of_change, leave_the_old_vector_or_the_new) {
    for (std::size_t i = 0; i < 150; ++i) {
        SCOPED_TRACE(i);
        // Some are replaced, some inserted.
        const std::size_t number = (i * 7) % 160;
        const auto name = key_of<typename TypeParam::key>(number);
        const std::size_t row = 120 + i;
        bool inserted = false;
        this->change_short([&] { inserted = this->index_.insert_or_assign(name, this->points_[row]); },
                           [&] { ASSERT_EQ(inserted, this->held_.insert_or_assign(name, row)); });
        if (testing::Test::HasFailure()) return;
    }
    this->held_.expect_in(this->index_);
    EXPECT_GT(this->failures_, 500u) << "or nothing was refused";
}

TYPED_TEST(memory_shortages_of_change, leave_slots_to_be_used_again) {
    for (std::size_t i = 0; i < 600; ++i) {
        SCOPED_TRACE(i);
        const auto old_name = key_of<typename TypeParam::key>(i);
        const auto new_name = key_of<typename TypeParam::key>(i + 120);
        const std::size_t row = i % this->points_.rows;
        this->change_short([&] { ASSERT_TRUE(this->index_.erase(old_name)); }, [&] { this->held_.erase(old_name); });
        this->change_short([&] { ASSERT_TRUE(this->index_.insert(new_name, this->points_[row])); },
                           [&] { this->held_.insert(new_name, row); });
        if (testing::Test::HasFailure()) return;
    }
    this->held_.expect_in(this->index_);
    EXPECT_LT(this->index_.nodes().end(), 300u);
}

TYPED_TEST(memory_shortages_of_change, leave_an_index_compacted_or_as_it_was) {
    for (const auto order : {sextant::slot_order::by_slot, sextant::slot_order::by_locality}) {
        for (std::size_t row = 0; row < 120; row += 3) {
            const auto name = key_of<typename TypeParam::key>(row);
            this->index_.erase(name);
            this->held_.erase(name);
        }
        this->change_short([&] { this->index_.compact({.order = order}); }, [] {});
        EXPECT_EQ(this->index_.nodes().end(), this->held_.size());
        this->held_.expect_in(this->index_);
        EXPECT_GT(this->failures_, 2u);
        for (std::size_t row = 0; row < 120; row += 3) {
            const auto name = key_of<typename TypeParam::key>(row);
            ASSERT_EQ(this->index_.insert(name, this->points_[row]), this->held_.insert(name, row));
        }
    }
}

}  // namespace life_memory_shortage_test
