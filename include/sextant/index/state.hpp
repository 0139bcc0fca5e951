#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <utility>

#include "../build/insert.hpp"
#include "../build/mend.hpp"
#include "../build/reclaim.hpp"
#include "../codec/learning.hpp"
#include "../codec/reranking.hpp"
#include "../core/error.hpp"
#include "../core/matrix_view.hpp"
#include "../core/options.hpp"
#include "../core/types.hpp"
#include "../fwd.hpp"
#include "../graph/graph.hpp"
#include "../graph/key_map.hpp"
#include "../graph/node_states.hpp"
#include "../memory/mapped_file.hpp"
#include "../parallel/epoch.hpp"
#include "../parallel/fair_gate.hpp"
#include "../search/stored_vector.hpp"
#include "input.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A file that an index lies in. Its table of keys is made when a key is first asked for.
struct mapping {
    mapped_file file;
    std::once_flag keys_claimed;
};

/// What an index is made of.
template <class Codec, class Key, class Hash>
struct index_state {
    using codec_type = Codec;
    using key_type = Key;
    using key_map_type = key_map<Key, Hash>;
    using element = typename Codec::element;

    index_state(const index_options& o, typename Codec::metric_type metric)
        : options(o), codec(o.dim, std::move(metric)), nodes(codec.code_bytes(), o.degree, o.seed, cold_bytes(codec)) {
        fetch_what_is_read();
    }

    /// Has searches fetch what the codec reads of a code, as far as is known without having tried.
    void fetch_what_is_read() noexcept { nodes.set_prefetching(default_prefetch(front_bytes(codec))); }

    /// Itself, for what changes it; throws errc::read_only if it lies in a file.
    index_state& writable() {
        if (mapped) raise(errc::read_only, "a mapped index cannot be changed; load() gives one that can");
        return *this;
    }

    /// Makes the table of keys of a mapped index, if that has not been done. Throws std::bad_alloc.
    void make_findable() {
        if (mapped) std::call_once(mapped->keys_claimed, [&] { claim_keys(); });
    }

    /// The slot of a key, or no_slot. Throws as make_findable().
    slot find(const Key& key) {
        make_findable();
        return keys.find(key);
    }

    /// Makes a node's key lead to it. False if the key is taken. Throws std::bad_alloc.
    bool claim(slot id) {
        if (!keys.claim(id)) return false;
        nodes.at(id).state.store(node_state::claimed, std::memory_order_release);
        return true;
    }

    /// Makes a claimed node live that is in its place: searches find it, so it counts, and only then it can be erased. Who finds
    /// that the index is not empty also finds what its codec learned from the first vector.
    void reveal(slot id) noexcept {
        size.fetch_add(1, std::memory_order_release);
        nodes.at(id).state.store(node_state::live);
    }

    index_options options;
    Codec codec;
    /// What the nodes and keys of a mapped index lie in; nothing for others.
    std::unique_ptr<mapping> mapped;
    graph nodes;
    key_map_type keys;
    std::atomic<std::size_t> size = 0;
    /// Writers share it; who must have the index without writers has it alone. Searches never ask.
    fair_gate gate;

private:
    void claim_keys() {
        each_live(nodes, [&](slot id) { keys.claim(id); });
    }
};

/// What a writer holds: nobody saves the index meanwhile, and no slot that it meets is used again.
struct writing {
    explicit writing(fair_gate& shared) : gate(shared) {}

    std::shared_lock<fair_gate> gate;
    epochs::pin pinned;
};

/// Calls work() as a writer, and then does a share of reclaiming what was erased. Throws std::bad_alloc before work(), and
/// what that throws.
template <class State, class Work>
bool write(State& s, insert_scratch& scratch, Work&& work) {
    scratch.selection.reserve(mending_room(s.nodes) + 1, s.nodes.capacity(0), s.codec.query_bytes());
    const auto as_writer = [&] {
        const writing held(s.gate);
        return work();
    };
    const bool result = as_writer();
    const std::shared_lock gate(s.gate);
    reclaim_some(s.nodes, s.codec, scratch.selection);
    return result;
}

/// A node under a name, with its code, that goes back to the graph unless it is kept.
template <class State>
class new_node {
public:
    new_node(State& s, const typename State::key_type& key, std::span<const typename State::element> vector)
        : nodes_(s.nodes), id_(s.nodes.allocate()) {
        SEXTANT_TRY {
            s.keys.assign(id_, key);
            store_vector(s.nodes, s.codec, id_, vector);
        }
        SEXTANT_CATCH_ALL {
            nodes_.release(id_);
            SEXTANT_RETHROW;
        }
    }
    new_node(const new_node&) = delete;
    new_node& operator=(const new_node&) = delete;
    ~new_node() {
        if (!kept_) nodes_.release(id_);
    }

    slot id() const noexcept { return id_; }
    void keep() noexcept { kept_ = true; }

private:
    graph& nodes_;
    slot id_;
    bool kept_ = false;
};

/// What bulk_build asks of its rows.
template <class State, class Matrix>
struct key_rows {
    State& s;
    std::span<const typename State::key_type> keys;
    Matrix vectors;
    typename State::key_map_type::distinct_keys opened{s.keys};

    using vector = as_elements<typename State::element>;

    std::size_t size() const noexcept { return keys.size(); }

    writing begin_batch() { return writing(s.gate); }

    slot open(std::size_t row) {
        if (s.keys.find(keys[row]) != no_slot) return no_slot;
        if constexpr (learning<typename State::codec_type>) s.codec.observe(vector(vectors[row]));
        const slot id = s.nodes.allocate();
        bool first_of_its_key = false;
        SEXTANT_TRY {
            s.keys.assign(id, keys[row]);
            first_of_its_key = opened.add(id);
        }
        SEXTANT_CATCH_ALL {
            s.nodes.release(id);
            SEXTANT_RETHROW;
        }
        if (first_of_its_key) return id;
        s.nodes.release(id);
        return no_slot;
    }

    void encode(std::size_t row, slot id) const { store_vector(s.nodes, s.codec, id, vector(vectors[row])); }

    bool claim(slot id) { return s.claim(id); }
    void reveal(slot id) noexcept { s.reveal(id); }
};

}  // namespace sextant::inline SEXTANT_ABI
