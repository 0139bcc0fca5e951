// Calls for a pool of no threads.
#include <sextant/parallel/thread_pool.hpp>

int main() { sextant::thread_pool pool{0}; }
