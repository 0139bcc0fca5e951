#include <sextant/sextant.hpp>

#include <span>
#include <vector>

int main() {
    const sextant::index<sextant::l2> index({.dim = 4});
    const std::vector<float> query(4);
    std::vector<sextant::hit<>> found(3);
#if defined(SEXTANT_MUST_NOT_COMPILE)
    const std::span<const sextant::hit<>> out(found);
#else
    const std::span<sextant::hit<>> out(found);
#endif
    return static_cast<int>(index.search_into(query, out).size());
}
