#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "../build/bulk_build.hpp"
#include "../build/erase.hpp"
#include "../build/insert.hpp"
#include "../build/options.hpp"
#include "../codec/learning.hpp"
#include "../codec/reranking.hpp"
#include "../codec/tags.hpp"
#include "../core/concepts.hpp"
#include "../core/error.hpp"
#include "../core/matrix_view.hpp"
#include "../core/options.hpp"
#include "../core/types.hpp"
#include "../fwd.hpp"
#include "../graph/checksum.hpp"
#include "../graph/node_states.hpp"
#include "../graph/renumber.hpp"
#include "../parallel/backoff.hpp"
#include "../parallel/epoch.hpp"
#include "../parallel/lease.hpp"
#include "../search/nearest.hpp"
#include "../search/options.hpp"
#include "../search/stored_vector.hpp"
#include "../search/tune.hpp"
#include "../search/tune_prefetch.hpp"
#include "batch.hpp"
#include "input.hpp"
#include "memory_report.hpp"
#include "repair_index.hpp"
#include "state.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Vectors under keys, searched through an HNSW graph (Malkov and Yashunin 2018).
///
///   Metric   l2, inner_product, cosine, hamming or custom<F>
///   Codec    how vectors are stored (codec/tags.hpp): f32, f16, u8, lvq<8>, rabitq<4>, rerank<lvq<4>, f16> …
///   Key      what names a vector: any regular type that Hash hashes
///
/// Thread-safety: insert, insert_or_assign, erase, search in all its forms, contains, get, size and memory_usage may be
/// called from any number of threads at once, and build beside them. Searches take no lock. A search sees every vector
/// whose insertion returned before it began, and perhaps some whose insertion is under way; it returns no vector whose
/// erasure returned before it began. Moving or destroying an index, compact() and checksum() need it to themselves. A
/// moved-from index may only be destroyed or assigned to.
template <class Metric, class Codec, class Key, class Hash>
class index {
public:
    using codec_type = codec_for<Codec, Metric>;
    using key_type = Key;
    using hit_type = hit<Key>;
    using element = typename codec_type::element;
    /// A vector as a caller may give it: contiguous numbers of type `element` or, as for f16 and u8, of the codec's own.
    using vector_type = vector_input<element, native_of_t<codec_type>>;
    using matrix_type = matrix_input<element, native_of_t<codec_type>>;
    using search_options_type = search_options<Key>;

    static_assert(codec<codec_type>);
    static_assert(hashable_key<Key, Hash>, "a key must be a regular type that Hash can hash");

    /// An empty index; it takes less than 4 KiB, rabitq's rotation apart. Throws errc::bad_option if an option is out of range.
    explicit index(const index_options& options, Metric metric = {})
        : state_(std::make_unique<state>(checked(options, codec_type::max_dim), std::move(metric))) {}

    std::size_t size() const noexcept { return state_->size.load(std::memory_order_acquire); }
    bool empty() const noexcept { return size() == 0; }
    std::size_t dim() const noexcept { return state_->options.dim; }
    const index_options& options() const noexcept { return state_->options; }

    /// Inserts a vector of dim() elements under a key; false if the key is present. Throws `error` for a vector that the
    /// metric cannot compare, std::bad_alloc, and what copying the key throws; the index is then as before. O(log n)
    /// distances times ef_construction.
    bool insert(const Key& key, vector_type input) {
        const as_elements<element> vector(input);
        state& s = state_->writable();
        check(s.codec, vector);
        if (contains(key)) return false;
        if constexpr (learning<codec_type>) s.codec.observe(vector);
        const lease<insert_scratch> scratch;
        return write(s, *scratch, [&] {
            const lease<search_scratch> search;
            new_node node(s, key, vector);
            const auto claim = [&] { return s.claim(node.id()); };
            const auto reveal = [&] { s.reveal(node.id()); };
            const bool inserted =
                insert_node(s.nodes, s.codec, node.id(), s.options.ef_construction, *search, *scratch, claim, reveal);
            if (inserted) node.keep();
            return inserted;
        });
    }

    /// Puts a vector under a key whether it is present or not; true if it was not. A search that would find the old vector and
    /// the new one returns one of them, never both; neither only if, in three attempts, hundreds more were replaced while it
    /// ran (search/newcomers.hpp). Errors and cost: as insert(), and erase() of the old one.
    bool insert_or_assign(const Key& key, vector_type input) {
        const as_elements<element> vector(input);
        state& s = state_->writable();
        check(s.codec, vector);
        if constexpr (learning<codec_type>) s.codec.observe(vector);
        const lease<insert_scratch> scratch;
        return write(s, *scratch, [&] {
            const lease<search_scratch> search;
            const lease<erase_scratch> erasing;
            erasing->reserve(s.nodes, s.codec.query_bytes());
            new_node node(s, key, vector);
            slot old = no_slot;
            const auto claim = [&] {
                old = s.keys.claim_or_replace(node.id());
                node.keep();
                if (old != no_slot) s.nodes.hide_one();
                s.nodes.at(node.id()).state.store(old == no_slot ? node_state::claimed : node_state::pending);
                return true;
            };
            const auto reveal = [&] {
                if (old == no_slot) return s.reveal(node.id());
                await_live(s.nodes, old);
                s.nodes.replace(old, node.id());
            };
            insert_node(s.nodes, s.codec, node.id(), s.options.ef_construction, *search, *scratch, claim, reveal);
            if (old != no_slot) erase_node(s.nodes, s.codec, old, *erasing);
            return old == no_slot;
        });
    }

    /// Removes a vector; false if the key is not present. Searches that begin afterwards do not return it. Its neighbours
    /// are linked to each other, and its memory serves later insertions. Throws std::bad_alloc, with the index unchanged.
    bool erase(const Key& key) {
        state& s = state_->writable();
        const lease<insert_scratch> scratch;
        return write(s, *scratch, [&] {
            const lease<erase_scratch> erasing;
            erasing->reserve(s.nodes, s.codec.query_bytes());
            const slot id = kill(key);
            if (id == no_slot) return false;
            s.size.fetch_sub(1, std::memory_order_relaxed);
            erase_node(s.nodes, s.codec, id, *erasing);
            return true;
        });
    }

    /// Inserts rows[i] under keys[i], for all i; keys that are present, and later ones of equal keys, are skipped. Into an
    /// empty index it makes the same graph for any executor. Everything is checked before anything is inserted: throws
    /// `error` with the index unchanged for a bad vector or unequal counts. If it is stopped, or progress, a key or the
    /// executor throws, the index is valid and holds what was finished, rows from everywhere. Returns how many were inserted.
    std::size_t build(std::span<const Key> keys, matrix_type vectors, const build_options& options = {}) {
        state& s = state_->writable();
        if (keys.size() != vectors.rows()) raise(errc::count_mismatch, "build() needs as many keys as vectors");
        check_all(vectors, options.executor);
        if constexpr (learning<codec_type>) {
            if (empty() && vectors.rows() >= centre::wanted && !options.stop.requested()) s.codec.fit(rows(spread_sample(vectors), dim()));
        }
        // Slots that erasures left free are used first.
        const std::size_t wanted = std::max(s.nodes.end(), size() + s.nodes.hidden() + keys.size());
        s.nodes.reserve(wanted);
        s.keys.reserve(wanted);
        return bulk_build(s.nodes, s.codec, key_rows<state, matrix_type>{s, keys, vectors}, s.options.ef_construction,
                          options);
    }

    /// Shows an empty index a sample of the data, of a few hundred vectors or more, so that its codec fits them from the
    /// first on. Hardly needed: build() takes its own sample and inserts are learned from (codec/centre.hpp). What was learned
    /// stays: a second sample changes nothing. Throws errc::not_empty once something is inserted, `error` for a bad vector.
    void fit(matrix_type sample)
        requires learning<codec_type>
    {
        state& s = state_->writable();
        if (!empty()) raise(errc::not_empty, "fit() comes before the first vector");
        check_all(sample, {});
        if (sample.rows() > 0) s.codec.fit(rows(spread_sample(sample), dim()));
    }

    /// Lays out the vectors anew without the gaps that erasures left, and gives the memory of the old layout back. Needs the
    /// index to itself, and memory for both layouts while it runs. Throws std::bad_alloc and what copying a key throws, with
    /// the index unchanged. O(bytes).
    void compact(const compact_options& options = {}) {
        state& s = state_->writable();
        const std::unique_lock alone(s.gate);
        const lease<erase_scratch> scratch;
        scratch->reserve(s.nodes, s.codec.query_bytes());
        sweep(s.nodes, s.codec, 0, s.nodes.end(), scratch->selection);
        const std::vector<slot> order =
            options.order == slot_order::by_locality ? slots_by_locality(s.nodes) : live_slots(s.nodes);
        graph nodes(s.codec.code_bytes(), s.options.degree, s.options.seed, cold_bytes(s.codec));
        copy_renumbered(s.nodes, order, nodes, s.codec.code_bytes(), cold_bytes(s.codec));
        key_map<Key, Hash> keys(s.keys.hash());
        keys.reserve(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            keys.assign(static_cast<slot>(i), s.keys[order[i]]);
            keys.claim(static_cast<slot>(i));
        }
        s.nodes.take(nodes);
        s.keys.swap(keys);
    }

    bool contains(const Key& key) const { return state_->find(key) != no_slot; }

    /// The vector under a key, as it was inserted or as well as the codec remembers it, or nothing.
    std::optional<std::vector<element>> get(const Key& key) const {
        std::optional<std::vector<element>> vector(std::in_place, state_->codec.length());
        if (!get_into(key, *vector)) vector.reset();
        return vector;
    }

    /// The same into the caller's span of dim() elements; false if the key is not there.
    bool get_into(const Key& key, std::span<element> out) const {
        const state& s = *state_;
        if (out.size() != s.codec.length()) raise_dimension(s.codec.length(), out.size());
        const epochs::pin pinned;
        const slot id = state_->find(key);
        if (id == no_slot) return false;
        load_vector(s.nodes, s.codec, id, out);
        return true;
    }

    /// The k nearest vectors that the search finds, nearest first; fewer if the index, the filter or the stop condition
    /// leaves fewer. Throws `error` for a bad query.
    std::vector<hit_type> search(vector_type query, std::size_t k, const search_options_type& options = {}) const {
        return collect(k, [&](std::span<hit_type> out) { return search_into(query, out, options); });
    }

    /// The same with a predicate on the key as last argument, which the compiler can inline; options.filter is not asked.
    template <key_filter<Key> Filter>
    std::vector<hit_type> search(vector_type query, std::size_t k, const search_options_type& options,
                                 Filter&& filter) const {
        return collect(k, [&](std::span<hit_type> out) { return search_into(query, out, options, filter); });
    }

    /// Fills `out` with the out.size() nearest and returns the part that was filled. Allocates nothing once the calling
    /// thread has searched with such an ef before, unless copying a key does, or a filter passes only vectors so far away
    /// that more than a tenth of the index (or a million) and more than 4·ef nearer ones have to wait.
    std::span<hit_type> search_into(vector_type input, std::span<hit_type> out,
                                    const search_options_type& options = {}) const {
        if (options.filter) return search_into(input, out, options, options.filter);
        const as_elements<element> query(input);
        return run(query, out, options, [&](search_scratch& scratch, auto track) {
            return nearest(state_->nodes, state_->codec, query, plan(out.size(), options), all_allowed{}, scratch,
                           track);
        });
    }

    template <key_filter<Key> Filter>
    std::span<hit_type> search_into(vector_type input, std::span<hit_type> out,
                                    const search_options_type& options, Filter&& filter) const {
        const as_elements<element> query(input);
        const auto allowed = [&](slot id) { return static_cast<bool>(std::invoke(filter, state_->keys[id])); };
        return run(query, out, options, [&](search_scratch& scratch, auto track) {
            return nearest(state_->nodes, state_->codec, query, plan(out.size(), options), allowed, scratch, track);
        });
    }

    /// The k nearest of all, by comparing every vector; options.ef plays no part. O(n·dim).
    std::vector<hit_type> search_exact(vector_type input, std::size_t k, const search_options_type& options = {}) const {
        const as_elements<element> query(input);
        const auto allowed = [&](slot id) { return !options.filter || options.filter(state_->keys[id]); };
        return collect(k, [&](std::span<hit_type> out) {
            return run(query, out, options, [&](search_scratch& scratch, auto track) {
                return nearest_exact(state_->nodes, state_->codec, query, out.size(), allowed, scratch, track,
                                     options.stop);
            });
        });
    }

    /// Searches for every row of `queries`, on `executor` if one is given. options.stats must be null if that works in
    /// parallel, and a filter must bear being called from several threads.
    batch_result<Key> search_batch(matrix_type queries, std::size_t k, const search_options_type& options = {},
                                   executor_ref executor = {}) const {
        k = std::min(k, size());
        batch_result<Key> result(queries.rows(), k);
        executor.run(queries.rows(), [&](std::size_t row) {
            result.set_count(row, search_into(queries[row], result.row(row), options).size());
        });
        return result;
    }

    /// Finds the ef that reaches a wanted recall, by looking for stored vectors (search/tune.hpp), with an exact search as the
    /// truth. Under a codec that forgets, the truth is about what it remembers. Queries that are unlike the stored vectors get
    /// less recall than that. Where there is nothing to measure it is 1, or 0 if the call was stopped. May run beside searches and inserts. Throws errc::bad_option for a
    /// recall outside (0, 1], k = 0 or samples = 0, and what the executor throws.
    ///     auto tuned = index.tune({.recall = 0.95, .k = 10});
    ///     index.search(query, 10, tuned.options);
    tuned_options<Key> tune(const tune_options& options) const {
        const epochs::pin pinned;  // its samples stay what they are
        const tuned_ef found = tune_ef(state_->nodes, state_->codec, checked(options, state_->nodes));
        return {{.ef = std::max(found.ef, options.k)}, found.recall};
    }

    /// Finds out how many codes ahead of their use searches should fetch them on this machine, and keeps to it from then on.
    /// Worth it on a machine unlike those the defaults were measured on. May run beside searches and inserts, whose noise
    /// it then measures too.
    tuned_prefetch tune_prefetch(const tune_options& options = {.samples = 200}) {
        const epochs::pin pinned;
        return sextant::tune_prefetch(state_->nodes, state_->codec, checked(options, state_->nodes));
    }

    /// Puts memory behind `count` vectors, so that a service knows early whether they fit. Never needed.
    void reserve(std::size_t count) {
        state& s = state_->writable();
        s.nodes.reserve(count);
        s.keys.reserve(count);
    }

    memory_report memory_usage() const noexcept { return memory_of(*state_, sizeof(*this)); }

    /// What there is and what is wrong with nodes, links and keys, as report.ok() says in a word; nothing, unless memory or a
    /// file is bad. Beside searches; writers wait. O(n·degree). Throws std::bad_alloc.
    integrity_report validate() const { return validate_index(*state_); }

    /// Makes right whatever validate() finds (build/repair.hpp). Beside searches; writers wait. O(n·degree), and a search for
    /// each vector that nothing leads to. Throws std::bad_alloc: the index then answers, and it may be tried again.
    repair_report repair() { return repair_index(state_->writable()); }

    /// CRC32C of the graph: equal after equal builds.
    std::uint32_t checksum() const noexcept { return sextant::checksum(state_->nodes); }

    /// The graph itself, for tools that look at it (graph/reachability.hpp).
    const graph& nodes() const noexcept { return state_->nodes; }

private:
    friend struct index_access;

    /// Takes a key and the life of its node in one step, so that no search meets that node and the next one under the key
    /// alive. Waits for an insertion of the key that is under way. no_slot if the key is not there.
    slot kill(const Key& key) {
        state& s = *state_;
        backoff others;
        for (;;) {
            bool killed = false;
            const slot id = s.keys.unclaim_if(key, [&](slot found) {
                if (!is_live(s.nodes, found)) return false;
                s.nodes.hide_one();
                s.nodes.kill(found);
                return killed = true;
            });
            if (killed || id == no_slot) return id;
            others.wait();
        }
    }

    using state = index_state<codec_type, Key, Hash>;

    void check_all(const matrix_type& vectors, const executor_ref& executor) const {
        constexpr std::size_t block = 256;
        executor.run((vectors.rows() + block - 1) / block, [&](std::size_t task) {
            for (std::size_t i = task * block; i < std::min(vectors.rows(), (task + 1) * block); ++i) {
                check(state_->codec, as_elements<element>(vectors[i]));
            }
        });
    }

    /// An answer of up to k hits in a vector of its own.
    template <class Search>
    std::vector<hit_type> collect(std::size_t k, Search&& search) const {
        std::vector<hit_type> hits(room_for(k));
        hits.resize(search(std::span<hit_type>(hits)).size());
        return hits;
    }

    search_plan plan(std::size_t k, const search_options_type& options) const noexcept {
        k = room_for(k);
        const std::size_t ef = std::min(std::max(options.ef, k), state_->nodes.end() + late);
        return {.k = k, .ef = ef, .rescored = options.rerank, .stop = options.stop, .least = std::min(k, size())};
    }

    /// How many vectors that are inserted while a search for all runs get room beside those that were there.
    static constexpr std::size_t late = 64;
    std::size_t room_for(std::size_t k) const noexcept { return std::min(k, size() + late); }

    /// What all searches share: checks the query, borrows scratch and gives slots their keys.
    template <class Search>
    std::span<hit_type> run(std::span<const element> query, std::span<hit_type> out, const search_options_type& options,
                            Search&& search) const {
        const state& s = *state_;
        check(s.codec, query);
        if (out.empty() || empty()) return out.first(0);
        const epochs::pin pinned;
        const lease<search_scratch> scratch;
        const std::span<const neighbor> found =
            options.stats ? search(*scratch, stats_tracker{*options.stats}) : search(*scratch, no_tracker{});
        for (std::size_t i = 0; i < found.size(); ++i) {
            out[i] = {s.keys[found[i].id], reported(s.codec, found[i].distance)};
        }
        return out.first(found.size());
    }

    std::unique_ptr<state> state_;
};

}  // namespace sextant::inline SEXTANT_ABI
