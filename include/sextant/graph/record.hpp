#pragma once

#include <cstddef>

#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The bytes that the beam touches of a node, in one place: [links of level 0][code]. The links fill whole cache lines,
/// so that the code, too, begins on one; the record is a multiple of a line.
struct record_layout {
    std::size_t code_offset;
    std::size_t stride;

    record_layout(std::size_t degree, std::size_t code_bytes) noexcept
        : code_offset(round_up(2 * degree * sizeof(slot), cache_line)),
          stride(round_up(code_offset + code_bytes, cache_line)) {}
};

}  // namespace sextant::inline SEXTANT_ABI
