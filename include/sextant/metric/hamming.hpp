#pragma once

#include <string>

#include "../simd/hamming.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The number of bits that differ; for binary codes (codec `bits`).
struct hamming {
    static std::string name() { return "hamming"; }
};

}  // namespace sextant::inline SEXTANT_ABI
