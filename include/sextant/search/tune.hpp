#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../core/random.hpp"
#include "../graph/node_states.hpp"
#include "../parallel/executor.hpp"
#include "../parallel/lease.hpp"
#include "nearest.hpp"
#include "options.hpp"
#include "stored_vector.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What to look for, and how thoroughly.
struct tune_options {
    /// The share of the k true nearest neighbours that a search is to find, above 0 and at most 1.
    double recall = 0.95;
    std::size_t k = 10;
    /// Stored vectors that serve as queries. The recall of n of them is known to about ±0.2/√n.
    std::size_t samples = 500;
    /// Compares every stored vector with every sample, which takes samples · size() distances: worth more than a thread.
    executor_ref executor = {};
    stop_condition stop = {};
};

/// Nodes that may serve as queries, drawn evenly from the live ones of level 0 alone: hiding one of those leaves the way
/// down from the entry point as it is.
inline std::vector<slot> draw_queries(const graph& nodes, std::size_t wanted) {
    std::vector<slot> drawn;
    const std::size_t end = nodes.end();
    drawn.reserve(std::min(wanted, end));
    const auto usable = [&](slot id) {
        return is_live(nodes, id) && nodes.at(id).level == 0 && nodes.entry().id != id;
    };
    for (std::size_t i = 0; i < wanted; ++i) {
        // One of each of `wanted` equal stretches, the first usable one from a random place on.
        const std::size_t first = i * end / wanted;
        const std::size_t length = (i + 1) * end / wanted - first;
        const std::size_t turn = length == 0 ? 0 : mix(i) % length;
        for (std::size_t step = 0; step < length; ++step) {
            const auto id = static_cast<slot>(first + (turn + step) % length);
            if (!usable(id)) continue;
            drawn.push_back(id);
            break;
        }
    }
    return drawn;
}

/// A scorer that moves one node out of sight, or none with no_slot.
template <class Scorer>
struct hiding_scorer {
    const Scorer& score;
    slot hidden;

    std::size_t ahead() const noexcept { return score.ahead(); }
    SEXTANT_INLINE void prefetch(slot id) const noexcept { score.prefetch(id); }
    SEXTANT_INLINE void few(const slot* ids, std::size_t n, float* out) const {
        score.few(ids, n, out);
        for (std::size_t i = 0; i < n; ++i) out[i] = ids[i] == hidden ? std::numeric_limits<float>::infinity() : out[i];
    }
};

/// How many of the k nearest a search finds, over stored vectors that are looked for and do not count as found.
///
/// A stored vector is no ordinary query. Its own node's links lead straight to the answers; hidden, on the other hand, it
/// leaves gaps, because others dropped links that led the same way as the one to it. So every sample is looked for both ways,
/// once too easily and once too hard, and the recall is the mean of the two: within 1 % of that of real queries on sift-100k
/// and fashion-mnist-784, where either way alone was off by 2 to 15 % at a recall of 0.9. On text-1536 it is 5 % too much
/// at 0.9 and 0.2 % at 0.99.
template <codec Codec>
class recall_meter {
public:
    /// Finds the true neighbours of the samples. Throws std::bad_alloc and what the executor throws.
    recall_meter(const graph& nodes, const Codec& codec, const tune_options& options)
        : nodes_(nodes), codec_(codec), options_(options), queries_(draw_queries(nodes, options.samples)),
          radius_(queries_.size()) {
        each([&](std::size_t i, std::span<const element> vector, search_scratch& scratch) {
            const auto allowed = [&](slot id) { return id != queries_[i]; };
            const std::span<const neighbor> truth =
                nearest_exact(nodes_, codec_, vector, options_.k, allowed, scratch, no_tracker{}, options_.stop);
            radius_[i] = truth.empty() ? 0.0f : truth.back().distance;
            expected_.fetch_add(truth.size(), std::memory_order_relaxed);
        });
    }

    bool empty() const noexcept { return expected_.load(std::memory_order_relaxed) == 0; }

    /// The recall at one ef. Neighbours that tie with the last true one count like it.
    double recall(std::size_t ef) const {
        std::atomic<std::size_t> found = 0;
        each([&](std::size_t i, std::span<const element> vector, search_scratch& scratch) {
            for (const slot hidden : {queries_[i], no_slot}) {
                found.fetch_add(hits(i, vector, ef, hidden, scratch), std::memory_order_relaxed);
            }
        });
        // What is inserted meanwhile may be nearer than the truth was.
        return std::min(1.0, static_cast<double>(found.load()) / static_cast<double>(2 * expected_.load()));
    }

private:
    using element = typename Codec::element;

    std::size_t hits(std::size_t i, std::span<const element> vector, std::size_t ef, slot hidden,
                     search_scratch& scratch) const {
        const search_plan plan{.k = options_.k + 1, .ef = std::max(ef, options_.k) + 1, .rescored = 0, .stop = options_.stop};
        const typename Codec::query query = codec_.prepare(vector, scratch.query.reserve(codec_.query_bytes()));
        const scorer<Codec> score(nodes_, codec_, query);
        const entry_point entry = nodes_.entry();
        if (!entry.exists()) return 0;  // all was erased meanwhile
        const neighbor start = descend(nodes_, score, entry, 0, scratch, no_tracker{});
        const hiding_scorer<scorer<Codec>> seen{score, hidden};
        beam_search(nodes_, seen, start, 0, plan.ef, scratch, no_tracker{}, plan.stop);
        std::size_t count = 0;
        for (const neighbor& n : best_of(scratch.candidates, nodes_, codec_, query, vector, plan, scratch, no_tracker{})) {
            count += n.id != queries_[i] && n.distance <= radius_[i] ? 1u : 0u;
        }
        return std::min(count, options_.k);
    }

    template <class F>
    void each(F&& f) const {
        options_.executor.run(queries_.size(), [&](std::size_t i) {
            const lease<search_scratch> scratch;
            std::vector<element> vector(codec_.length());
            load_vector(nodes_, codec_, queries_[i], vector);
            f(i, std::span<const element>(vector), *scratch);
        });
    }

    const graph& nodes_;
    const Codec& codec_;
    const tune_options& options_;
    std::vector<slot> queries_;
    std::vector<float> radius_;  // the distance of each query's k-th neighbour
    std::atomic<std::size_t> expected_ = 0;
};

/// Throws errc::bad_option.
inline void check(const tune_options& options) {
    if (!(options.recall > 0.0 && options.recall <= 1.0)) raise(errc::bad_option, "recall must be above 0 and at most 1");
    if (options.k == 0) raise(errc::bad_option, "k must not be 0");
    if (options.samples == 0) raise(errc::bad_option, "samples must not be 0");
}

/// The same with no more answers and samples than there are nodes. Throws errc::bad_option.
inline tune_options checked(tune_options options, const graph& nodes) {
    check(options);
    const std::size_t most = std::max<std::size_t>(1, nodes.end());
    options.k = std::min(options.k, most);
    options.samples = std::min(options.samples, most);
    return options;
}

struct tuned_ef {
    std::size_t ef;
    double recall;
};

/// Search options that reach a recall, and the recall they were measured to reach: less than asked for if no ef does.
template <class Key>
struct tuned_options {
    search_options<Key> options;
    double recall;
};

/// The smallest ef that reaches options.recall, to about 3 %, and the recall measured there; the largest that makes sense, and
/// less recall, if none does. Searches `samples` times for each of a dozen values.
template <codec Codec>
tuned_ef tune_ef(const graph& nodes, const Codec& codec, const tune_options& options) {
    const recall_meter<Codec> meter(nodes, codec, options);
    if (meter.empty()) return {std::max<std::size_t>(options.k, search_options<>{}.ef), options.stop.requested() ? 0.0 : 1.0};
    const auto measure = [&](std::size_t ef) { return tuned_ef{ef, meter.recall(ef)}; };
    const auto enough = [&](const tuned_ef& t) { return t.recall >= options.recall || options.stop.requested(); };
    const std::size_t most = std::max(options.k, std::min<std::size_t>(nodes.end(), 65'536));

    tuned_ef below{options.k, 0.0};
    tuned_ef above = measure(options.k);
    while (!enough(above) && above.ef < most) {
        below = above;
        above = measure(std::min(most, 2 * above.ef));
    }
    while (enough(above) && above.ef - below.ef > std::max<std::size_t>(1, above.ef / 32)) {
        const tuned_ef middle = measure(below.ef + (above.ef - below.ef) / 2);
        (enough(middle) ? above : below) = middle;
    }
    return above;
}

}  // namespace sextant::inline SEXTANT_ABI
