// What the README's text takes as given around its shorter examples.
#include <sextant/sextant.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <vector>

namespace given {

namespace sx = sextant;

inline sx::index<sx::l2> index({.dim = 128});
inline std::vector<std::uint64_t> keys;
inline std::vector<float> data, vector, query, queries;
inline bool allowed(std::uint64_t key) { return key % 2 == 0; }
inline void use(std::uint64_t, float) {}
inline void report(std::size_t, std::size_t) {}

}  // namespace given
