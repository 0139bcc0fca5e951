#pragma once

#include <cstddef>

#include "../codec/codec.hpp"
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

/// What an index has taken whose own object is of so many bytes.
template <class State>
memory_report memory_of(const State& s, std::size_t object) noexcept {
    const std::size_t records = s.nodes.code_and_link_bytes();
    const std::size_t links = records / s.nodes.record_bytes() * s.nodes.code_offset();
    return {.vectors = records - links + s.nodes.cold_bytes(),
            .links = links + s.nodes.upper_bytes(),
            .nodes = s.nodes.node_bytes(),
            .keys = s.keys.bytes(),
            .object = object + sizeof(State) + heap_bytes(s.codec)};
}

}  // namespace sextant::inline SEXTANT_ABI
