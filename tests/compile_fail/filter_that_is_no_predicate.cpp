#include <sextant/sextant.hpp>

#include <cstdint>
#include <string>
#include <vector>

int main() {
    const sextant::index<sextant::l2> index({.dim = 4});
    const std::vector<float> query(4);
#if defined(SEXTANT_MUST_NOT_COMPILE)
    const auto filter = [](const std::string& key) { return key.empty(); };
#else
    const auto filter = [](std::uint64_t key) { return key == 0; };
#endif
    return static_cast<int>(index.search(query, 1, {}, filter).size());
}
