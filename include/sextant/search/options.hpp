#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/function_ref.hpp"
#include "../core/stop_condition.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How one search is run. Nothing of it is kept on the index, so threads may search with different settings.
template <class Key = std::uint64_t>
struct search_options {
    /// How many candidates the search keeps: the knob between recall and speed. At least k is used, and some more where the
    /// codec ranks by a part of each code.
    std::size_t ef = 64;
    /// How many of the candidates found are compared anew, where the codec keeps a faithful code beside a small one or ranks
    /// by a part of its only one; at least k, at most ef are. 0: until enough of them in a row have changed nothing
    /// (search/rescore.hpp).
    std::size_t rerank = 0;
    /// Which keys may be returned; all when empty. The graph is searched through nodes that are not allowed, and when few
    /// are, everything that is allowed is compared, so that k answers come whenever k keys pass. Not copied: write it in the
    /// call, or give one that outlives these options a name.
    predicate_ref<Key> filter = {};
    /// When to give up and return the best found so far.
    stop_condition stop = {};
    /// Where to add up what the search did; costs nothing when absent.
    search_stats* stats = nullptr;
};

}  // namespace sextant::inline SEXTANT_ABI
