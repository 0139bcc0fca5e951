#include <sextant/sextant.hpp>

#include <functional>
#include <span>

float first_coordinates(std::span<const float> a, std::span<const float> b) {
    return a[0] < b[0] ? b[0] - a[0] : a[0] - b[0];
}

int main() {
    using metric = sextant::custom<decltype(&first_coordinates)>;
#if defined(SEXTANT_MUST_NOT_COMPILE)
    sextant::index<sextant::custom<std::function<float(std::span<const float>, std::span<const float>)>>> index({.dim = 4});
#else
    sextant::index<metric> index({.dim = 4}, {first_coordinates});
#endif
    return index.empty() ? 0 : 1;
}
