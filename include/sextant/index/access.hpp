#pragma once

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What files need to know of an index's insides: its codec, nodes, keys, gate.
struct index_access {
    template <class Index>
    static auto& state(const Index& index) noexcept {
        return *index.state_;
    }
};

}  // namespace sextant::inline SEXTANT_ABI
