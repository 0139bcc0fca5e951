#include <sextant/sextant.hpp>

#include <cstdint>
#include <vector>

int main() {
    sextant::index<sextant::l2, sextant::u8> index({.dim = 4});
#if defined(SEXTANT_MUST_NOT_COMPILE)
    const std::vector<std::int8_t> vector(4);
#else
    const std::vector<std::uint8_t> vector(4);
#endif
    return index.insert(1, vector) ? 0 : 1;
}
