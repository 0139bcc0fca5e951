#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <thread>
#include <vector>

#include "index/support/soundness.hpp"
#include "io/support/kinds.hpp"

namespace save_beside_writers_test {

/// What a save gives that runs beside inserts, erasures and searches: all that was inserted before it began, and nothing by half.
TEST(save, beside_writers_and_searches_holds_all_that_came_before) {
    using kind = io_test::kind<sextant::l2, sextant::lvq<8>>;
    constexpr std::size_t threads = 3;
    constexpr std::size_t each = 700;
    const auto points = kind::points(threads * each, 7);
    kind::index index({.dim = kind::dim, .degree = 6, .ef_construction = 30});
    std::vector<std::atomic<std::size_t>> inserted(threads);
    std::atomic<bool> done = false;
    std::vector<std::jthread> working;
    for (std::size_t t = 0; t < threads; ++t) {
        working.emplace_back([&, t] {
            for (std::size_t i = 0; i < each; ++i) {
                index.insert(t * each + i, points[t * each + i]);
                inserted[t].store(i + 1);
            }
        });
    }
    std::jthread searching([&] {
        while (!done.load()) index.search(points[1], 5);
    });
    std::jthread erasing([&] {
        for (std::uint64_t i = 0; !done.load(); ++i) {
            const std::uint64_t key = 1'000'000 + i % 50;
            if (!index.insert_or_assign(key, points[i % points.rows])) index.erase(key);
        }
    });
    std::size_t saves = 0;
    for (bool last = false; !last; ++saves) {
        std::vector<std::size_t> before;
        for (const auto& n : inserted) before.push_back(n.load());
        last = before == std::vector<std::size_t>(threads, each);
        std::stringstream stream;
        ASSERT_TRUE(sextant::save(index, stream));
        const auto back = sextant::load<kind::index>(stream);
        ASSERT_TRUE(back) << back.error();
        support::expect_sound(back->nodes());
        for (std::size_t t = 0; t < threads; ++t) {
            for (std::size_t i = 0; i < before[t]; ++i) ASSERT_TRUE(back->contains(t * each + i));
        }
        ASSERT_TRUE(back->validate().ok());
        for (const auto& hit : back->search(points[0], 10)) ASSERT_TRUE(hit.key < threads * each || hit.key >= 1'000'000);
    }
    done = true;
    EXPECT_GT(saves, 1u);
}

}  // namespace save_beside_writers_test
