#pragma once

#include <concepts>
#include <cstddef>

#include "../core/bytes.hpp"
#include "codec.hpp"
#include "reranking.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A codec whose codes can be kept in a file and taken back from one that somebody else made.
///   c.valid_code(code)         whether distances between codes that pass are never NaN and nothing that is done with them
///                              waits or goes astray; true for every code that the codec made
///   c.valid_cold(code, cold)   the same of the second code, for codecs that have one
/// and, where codes mean something only together with what the codec has learned,
///   c.write_state(out)         what it has learned, as bytes
///   c.read_state(in)           takes that over, before anything is stored; false if it cannot be that
/// All but read_state() is const and may be called from any number of threads.
template <class C>
concept storable_codec = codec<C> && requires(const C& c, const std::byte* code) {
    { c.valid_code(code) } -> std::same_as<bool>;
} && (!reranking_codec<C> || requires(const C& c, const std::byte* code) {
    { c.valid_cold(code, code) } -> std::same_as<bool>;
});

template <codec Codec>
void write_state(const Codec& c, byte_writer& out) {
    if constexpr (requires { c.write_state(out); }) c.write_state(out);
}

template <codec Codec>
bool read_state(Codec& c, byte_reader& in) {
    if constexpr (requires { c.read_state(in); }) {
        return c.read_state(in);
    } else {
        return true;
    }
}

}  // namespace sextant::inline SEXTANT_ABI
