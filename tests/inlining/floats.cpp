#include "use_all.hpp"

using namespace sextant;

template void use_all<f32, f16, bf16>(const float*, float*, std::byte*, const std::byte* const*);
