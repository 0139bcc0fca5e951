#include <sextant/sextant.hpp>

#include <vector>

int main() {
    sextant::index<sextant::l2> index({.dim = 4});
#if defined(SEXTANT_MUST_NOT_COMPILE)
    const std::vector<double> vector(4);
#else
    const std::vector<float> vector(4);
#endif
    return index.insert(1, vector) ? 0 : 1;
}
