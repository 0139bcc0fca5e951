#include <sextant/sextant.hpp>

#include <span>

float first_coordinates(std::span<const float> a, std::span<const float> b) {
    return a[0] < b[0] ? b[0] - a[0] : a[0] - b[0];
}

int main() {
    using metric = sextant::custom<decltype(&first_coordinates)>;
#if defined(SEXTANT_MUST_NOT_COMPILE)
    sextant::index<metric, sextant::f16> index({.dim = 4}, metric{first_coordinates});
#else
    sextant::index<metric, sextant::f32> index({.dim = 4}, metric{first_coordinates});
#endif
    return index.empty() ? 0 : 1;
}
