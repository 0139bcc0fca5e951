#include <sextant/sextant.hpp>

#include <cstddef>

struct user_id {
    int value;
    friend bool operator==(const user_id&, const user_id&) = default;
};

struct hash_user_id {
    std::size_t operator()(const user_id& id) const { return static_cast<std::size_t>(id.value); }
};

int main() {
#if defined(SEXTANT_MUST_NOT_COMPILE)
    sextant::index<sextant::l2, sextant::f32, user_id> index({.dim = 4});
#else
    sextant::index<sextant::l2, sextant::f32, user_id, hash_user_id> index({.dim = 4});
#endif
    return index.empty() ? 0 : 1;
}
