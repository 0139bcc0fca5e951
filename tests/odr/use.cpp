// Compiled once per instruction set, each time under another name, and linked into one program.
#include <sextant/sextant.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace {

// A few points on a line of 37 dimensions, so that kernels run over whole registers and a tail.
std::vector<float> point(std::uint64_t key) { return std::vector<float>(37, static_cast<float>(key)); }

template <class Metric>
bool finds_each_point() {
    sextant::index<Metric> index({.dim = 37});
    for (std::uint64_t key = 1; key <= 300; ++key) index.insert(key, point(key));

    std::array<sextant::hit<>, 3> found;
    for (std::uint64_t key = 1; key <= 300; ++key) {
        const auto hits = index.search_into(point(key), found);
        if (hits.size() != 3) return false;
        if (hits[0].key != key || hits[0].distance != 0.0f) return false;
    }
    return true;
}

bool finds_bits() {
    sextant::index<sextant::hamming> index({.dim = 64});
    for (std::uint8_t i = 0; i < 100; ++i) index.insert(i, std::vector<std::uint8_t>(8, i));
    return index.search(std::vector<std::uint8_t>(8, 77), 1).front().key == 77;
}

}  // namespace

bool SEXTANT_ODR_NAME() { return finds_each_point<sextant::l2>() && finds_bits(); }
