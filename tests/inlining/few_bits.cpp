#include "use_all.hpp"

using namespace sextant;

template void use_all<lvq<4>, lvq<8>, lvq<4, 8>, rabitq<1>, rabitq<2>, rabitq<8>>(const float*, float*, std::byte*,
                                                                                  const std::byte* const*);
