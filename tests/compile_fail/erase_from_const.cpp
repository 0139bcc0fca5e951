#include <sextant/sextant.hpp>

int main() {
#if defined(SEXTANT_MUST_NOT_COMPILE)
    const sextant::index<sextant::l2> index({.dim = 4});
#else
    sextant::index<sextant::l2> index({.dim = 4});
#endif
    return index.erase(1) ? 1 : 0;
}
