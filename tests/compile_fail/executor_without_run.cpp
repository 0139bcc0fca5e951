#include <sextant/sextant.hpp>

#include <cstddef>

struct my_pool {
    std::size_t concurrency() const { return 1; }
#if !defined(SEXTANT_MUST_NOT_COMPILE)
    template <class F>
    void run(std::size_t tasks, F&& f) {
        for (std::size_t i = 0; i < tasks; ++i) f(i);
    }
#endif
};

int main() {
    my_pool pool;
    const sextant::build_options options{.executor = &pool};
    return static_cast<int>(options.executor.concurrency()) - 1;
}
