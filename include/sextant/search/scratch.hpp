#pragma once

#include <cstddef>
#include <vector>

#include "../core/types.hpp"
#include "../memory/aligned_buffer.hpp"
#include "beam.hpp"
#include "visited.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What one search or insertion needs besides the graph. Its buffers grow to what is asked of them and are used again, so
/// that a thread that keeps searching stops allocating.
struct search_scratch {
    visited_set visited;
    beam candidates;
    beam results;                     ///< what passes a filter, or the nearest of an exact scan
    beam rescored;                    ///< the nearest when compared anew
    std::vector<slot> ids;            ///< unvisited neighbours of the node being expanded
    std::vector<float> distances;     ///< theirs
    std::vector<neighbor> frontier;   ///< a heap of nodes to expand, for filtered searches
    std::vector<neighbor> answers;    ///< what the caller gets, nearest first
    aligned_buffer query;             ///< the prepared query

    /// Room for the links of one node.
    void reserve_links(std::size_t capacity) {
        if (ids.size() < capacity) ids.resize(capacity);
        if (distances.size() < capacity) distances.resize(capacity);
    }

    /// Room for `count` nodes to expand. A growing index asks for a few more each time: it grows in steps.
    void reserve_frontier(std::size_t count) {
        if (frontier.capacity() < count) frontier.reserve(count + count / 4);
    }

    std::size_t bytes() const noexcept {
        return visited.bytes() + candidates.bytes() + results.bytes() + rescored.bytes() + ids.capacity() * sizeof(slot) +
               distances.capacity() * sizeof(float) + query.bytes() + (frontier.capacity() + answers.capacity()) * sizeof(neighbor);
    }
};

}  // namespace sextant::inline SEXTANT_ABI
