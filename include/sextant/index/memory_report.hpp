#pragma once

#include <cstddef>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Bytes an index has taken from the system, by part. Search buffers belong to threads and are not counted.
struct memory_report {
    std::size_t vectors = 0;      ///< codes, with the padding of their records and what is committed ahead
    std::size_t links = 0;        ///< links of all levels
    std::size_t nodes = 0;        ///< levels, locks, anchors
    std::size_t keys = 0;         ///< keys and the tables that find them; not what a key points to
    std::size_t object = 0;       ///< the index itself

    std::size_t total() const noexcept { return vectors + links + nodes + keys + object; }
};

}  // namespace sextant::inline SEXTANT_ABI
