#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include "../core/matrix_view.hpp"
#include "codec.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A codec that codes better once it has seen some of the data.
///   c.observe(vector)   takes a checked vector into account that is about to be encoded; from any number of threads
///   c.fit(rows)         takes a sample of checked vectors into account, at least one, before anything is encoded; alone
///   c.settled()         whether it has seen enough: then both do nothing
/// The first observe() comes before the first encode() and the first prepare(), or neither ever does: it decides from where
/// the vectors are counted that come before it settles, and who asks must count from there too. An index sees to that: an
/// insertion observes before it encodes, and a search prepares nothing while nothing is stored.
/// Codes made before it settles keep their meaning and can be compared with later ones. Both may throw std::bad_alloc and
/// then change nothing.
template <class C>
concept learning = codec<C> && requires(C& c, const C& finished, std::span<const typename C::element> vector,
                                        matrix_view<typename C::element> rows) {
    c.observe(vector);
    c.fit(rows);
    { finished.settled() } -> std::same_as<bool>;
};

/// Whether a codec has nothing more to learn.
template <codec Codec>
bool settled(const Codec& c) noexcept {
    if constexpr (learning<Codec>) {
        return c.settled();
    } else {
        return true;
    }
}

}  // namespace sextant::inline SEXTANT_ABI
