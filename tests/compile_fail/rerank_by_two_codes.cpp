#include <sextant/sextant.hpp>

int main() {
#if defined(SEXTANT_MUST_NOT_COMPILE)
    using codes = sextant::rerank<sextant::rabitq<2>, sextant::lvq<4, 8>>;
#else
    using codes = sextant::rerank<sextant::rabitq<2>, sextant::lvq<8>>;
#endif
    sextant::index<sextant::l2, codes> index({.dim = 64});
    return index.empty() ? 0 : 1;
}
