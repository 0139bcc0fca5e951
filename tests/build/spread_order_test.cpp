#include <sextant/build/spread_order.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace spread_order_test {

std::vector<std::size_t> all_of(std::size_t n) {
    std::vector<std::size_t> all;
    for (sextant::spread_order at(n); all.size() < n; ++at) all.push_back(*at);
    return all;
}

TEST(spread_order, meets_each_number_once) {
    for (std::size_t n = 0; n < 3000; n += n < 300 ? 1 : 97) {
        std::vector<std::size_t> all = all_of(n);
        std::ranges::sort(all);
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(all[i], i) << n;
    }
}

TEST(spread_order, spreads_every_stretch_over_all) {
    for (const std::size_t n : {1000u, 1024u, 5000u, 20'000u, 65'536u, 99'991u}) {
        const std::vector<std::size_t> all = all_of(n);
        for (const std::size_t length : {n / 50, n / 200, n / 1000}) {  // a batch is 2 % at most, of many rows half a percent
            for (std::size_t first = 0; first + length <= n; first += length) {
                std::vector<std::size_t> stretch(all.begin() + static_cast<std::ptrdiff_t>(first),
                                                 all.begin() + static_cast<std::ptrdiff_t>(first + length));
                std::ranges::sort(stretch);
                std::size_t widest = stretch.front() + n - stretch.back();
                for (std::size_t i = 1; i < length; ++i) widest = std::max(widest, stretch[i] - stretch[i - 1]);
                ASSERT_LE(widest, 5 * n / length) << n << ", " << length << " from " << first;
            }
        }
    }
}

// Rows of which each p-th is alike, as those of data that were dealt out in turn.
TEST(spread_order, deals_out_periods_evenly) {
    for (const std::size_t n : {10'000u, 20'000u, 65'536u}) {
        const std::vector<std::size_t> all = all_of(n);
        for (const std::size_t period : {2u, 3u, 5u, 8u, 10u, 13u, 16u, 21u}) {
            const std::size_t length = 20 * period;
            for (std::size_t first = 0; first + length <= n; first += length) {
                std::vector<std::size_t> counts(period);
                for (std::size_t i = first; i < first + length; ++i) ++counts[all[i] % period];
                ASSERT_LE(*std::ranges::max_element(counts), 60u) << n << ", period " << period << " from " << first;
            }
        }
    }
}

}  // namespace spread_order_test
