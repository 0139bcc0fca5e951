// What a program that embeds the library does first: fill an index, search it. It compiles without exceptions too.
#include <sextant/sextant.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

bool finds_points() {
    sextant::index<sextant::l2> index({.dim = 3, .degree = 8});
    for (std::uint64_t key = 0; key < 100; ++key) {
        if (!index.insert(key, std::vector<float>{static_cast<float>(key), 0.0f, 1.0f})) return false;
    }

    const std::vector<float> query{42.1f, 0.0f, 1.0f};
    const auto hits = index.search(query, 3, {.ef = 32});
    for (const auto& [key, distance] : hits) {
        std::printf("%llu %.2f\n", static_cast<unsigned long long>(key), static_cast<double>(distance));
    }
    if (hits.size() != 3 || hits[0].key != 42 || hits[1].key != 43 || hits[2].key != 41) return false;

    std::array<sextant::hit<>, 2> found;
    const auto even = [](std::uint64_t key) { return key % 2 == 0; };
    const auto filtered = index.search_into(query, found, {.filter = even});
    return filtered.size() == 2 && filtered[0].key == 42 && filtered[1].key == 44;
}

// Directions a degree apart; under both metrics the nearest to one of them is itself.
template <class Metric>
bool finds_directions() {
    std::vector<std::uint64_t> keys;
    std::vector<float> data;
    for (std::uint64_t key = 0; key < 90; ++key) {
        const double angle = static_cast<double>(key) * 3.14159265358979 / 180;
        keys.push_back(key);
        data.insert(data.end(), {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))});
    }
    sextant::index<Metric> index({.dim = 2});
    sextant::thread_pool pool(2);
    index.build(keys, sextant::rows(data, 2), {.executor = &pool});
    const auto many = index.search_batch(sextant::rows(data, 2), 1);
    for (std::size_t i = 0; i < many.rows(); ++i) {
        if (many[i].size() != 1 || many[i][0].key != keys[i]) return false;
    }
    return true;
}

bool finds_bits() {
    sextant::index<sextant::hamming> index({.dim = 128});
    for (std::uint8_t i = 0; i < 100; ++i) index.insert(i, std::vector<std::uint8_t>(16, i));
    const auto hits = index.search_exact(std::vector<std::uint8_t>(16, 77), 1);
    return hits.size() == 1 && hits[0].key == 77 && hits[0].distance == 0.0f;
}

}  // namespace

int main() {
    const bool passed = finds_points() && finds_directions<sextant::cosine>() &&
                        finds_directions<sextant::inner_product>() && finds_bits();
    return passed ? 0 : 1;
}
