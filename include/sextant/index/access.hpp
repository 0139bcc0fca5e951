#pragma once

#include <memory>
#include <utility>

#include "../fwd.hpp"
#include "../memory/mapped_file.hpp"
#include "index.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What files need to know of an index's insides: its codec, nodes, keys, gate.
struct index_access {
    template <class Index>
    static auto& state(const Index& index) noexcept {
        return *index.state_;
    }

    /// Ties an index to the file that its parts lie in.
    template <class State>
    static void keep(State& state, mapped_file file) {
        state.mapped = std::make_unique<mapping>();
        state.mapped->file = std::move(file);
    }
};

/// The parameters an index was made of.
template <class Index>
struct index_parts;

template <class Metric, class Codec, class Key, class Hash>
struct index_parts<index<Metric, Codec, Key, Hash>> {
    using metric = Metric;
    using codec = Codec;
    using key = Key;
};

}  // namespace sextant::inline SEXTANT_ABI
