#include <sextant/sextant.hpp>

#include <utility>

int main() {
    sextant::index<sextant::l2> index({.dim = 4});
#if defined(SEXTANT_MUST_NOT_COMPILE)
    auto other = index;
#else
    auto other = std::move(index);
#endif
    return other.empty() ? 0 : 1;
}
