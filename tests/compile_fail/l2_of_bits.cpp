#include <sextant/sextant.hpp>

int main() {
#if defined(SEXTANT_MUST_NOT_COMPILE)
    sextant::index<sextant::l2, sextant::bits> index({.dim = 64});
#else
    sextant::index<sextant::hamming, sextant::bits> index({.dim = 64});
#endif
    return index.empty() ? 0 : 1;
}
