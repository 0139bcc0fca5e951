#pragma once

#include <sextant/build/insert.hpp>
#include <sextant/codec/float.hpp>
#include <sextant/graph/graph.hpp>
#include <sextant/metric/l2.hpp>
#include <sextant/search/scorer.hpp>
#include <sextant/search/scratch.hpp>
#include <sextant/search/stored_vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "support/matrix.hpp"

namespace support {

/// A graph with its codec and buffers: what the index wires together, laid open for tests of the parts.
template <class Codec>
struct test_graph {
    using element = typename Codec::element;

    Codec codec;
    sextant::graph nodes;
    sextant::search_scratch search = {};
    sextant::insert_scratch inserting = {};

    explicit test_graph(std::size_t dim, std::size_t degree = 8, std::uint64_t seed = 1)
        : codec(dim), nodes(codec.code_bytes(), degree, seed, sextant::cold_bytes(codec)) {}

    /// A node that nobody links to, live.
    sextant::slot add(std::span<const element> vector) {
        const sextant::slot id = nodes.allocate();
        sextant::store_vector(nodes, codec, id, vector);
        nodes.at(id).state = sextant::node_state::live;
        return id;
    }

    sextant::slot insert(std::span<const element> vector, std::size_t ef_construction = 40) {
        const sextant::slot id = nodes.allocate();
        sextant::store_vector(nodes, codec, id, vector);
        insert_at(id, ef_construction, [] { return true; });
        return id;
    }

    /// Makes an encoded node part of the graph unless `may_claim()`, which is asked at the moment of the claim, says no.
    template <class F>
    bool insert_at(sextant::slot id, std::size_t ef_construction, F&& may_claim) {
        using sextant::node_state;
        const auto claim = [&] {
            if (!may_claim()) return false;
            nodes.at(id).state = node_state::claimed;
            return true;
        };
        const auto reveal = [&] { nodes.at(id).state = node_state::live; };
        return sextant::insert_node(nodes, codec, id, ef_construction, search, inserting, claim, reveal);
    }

    void insert(const matrix<element>& points, std::size_t ef_construction = 40) {
        for (std::size_t row = 0; row < points.rows; ++row) insert(points[row], ef_construction);
    }

    void link(sextant::slot from, sextant::slot to) { nodes.links(from).append(nodes.links(from).size(), to); }

    /// Compares `vector` with nodes; good until the next call.
    sextant::scorer<Codec> scorer_of(std::span<const element> vector) {
        query_.resize(codec.query_bytes() + sextant::cache_line);
        const auto address = reinterpret_cast<std::uintptr_t>(query_.data());
        std::byte* const aligned = query_.data() + (sextant::round_up(address, sextant::cache_line) - address);
        return {nodes, codec, codec.prepare(vector, aligned)};
    }

    /// All nodes that `allowed` passes, nearest first.
    template <class Allowed>
    std::vector<sextant::neighbor> ranking(std::span<const element> query, Allowed&& allowed) {
        const sextant::scorer<Codec> score = scorer_of(query);
        std::vector<sextant::neighbor> all;
        for (sextant::slot id = 0; id < nodes.end(); ++id) {
            if (nodes.at(id).is(sextant::node_state::live) && allowed(id)) all.push_back({score(id), id});
        }
        std::sort(all.begin(), all.end());
        return all;
    }

private:
    std::vector<std::byte> query_;
};

using l2_graph = test_graph<sextant::f32_codec<sextant::l2>>;

inline std::vector<sextant::neighbor> contents(const sextant::beam& beam) {
    std::vector<sextant::neighbor> all;
    for (std::size_t i = 0; i < beam.size(); ++i) all.push_back(beam[i]);
    return all;
}

/// The first `count` of `all`, or all.
inline std::vector<sextant::neighbor> nearest(std::vector<sextant::neighbor> all, std::size_t count) {
    all.resize(std::min(all.size(), count));
    return all;
}

}  // namespace support
