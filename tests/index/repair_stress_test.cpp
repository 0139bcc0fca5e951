#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <random>
#include <thread>
#include <vector>

#include "index/support/points.hpp"

namespace repair_stress_test {

using sextant::slot;

TEST(stress, repairing_beside_searches) {
    const auto points = support::clustered_points(1500, 8, 325);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 6, .ef_construction = 30});
    index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 8));
    std::atomic<bool> done = false;
    std::vector<std::thread> searching;
    for (std::size_t reader = 0; reader < 2; ++reader) {
        searching.emplace_back([&, reader] {
            for (std::size_t row = reader; !done; row = (row + 7) % points.rows) {
                const auto hits = index.search(points[row], 10);
                EXPECT_LE(hits.size(), 10u);
                EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &sextant::hit<>::distance));
                EXPECT_TRUE(index.contains(row));
                EXPECT_EQ(index.search_exact(points[row], 1).at(0).distance, 0.0f);
            }
        });
    }
    std::mt19937_64 random(326);
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < 300; ++i) {  // damage that searches can stand
            const auto id = static_cast<slot>(random() % points.rows);
            sextant::link_list list = index.nodes().links(id);
            if (i % 2 == 0) {
                list.assign({});
            } else {
                list.append(random() % list.capacity(), static_cast<slot>(random() % points.rows));
            }
        }
        index.repair();
        EXPECT_TRUE(index.validate().ok());
    }
    done = true;
    for (std::thread& thread : searching) thread.join();
}

}  // namespace repair_stress_test
