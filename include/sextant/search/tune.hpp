#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../core/random.hpp"
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

/// Nodes that may serve as queries, drawn evenly from the live ones of level 0 alone: holding one of those out leaves the
/// way down from the entry point as it is.
inline std::vector<slot> draw_queries(const graph& nodes, std::size_t wanted) {
    std::vector<slot> drawn;
    const std::size_t end = nodes.end();
    drawn.reserve(std::min(wanted, end));
    const auto usable = [&](slot id) {
        return nodes.at(id).live.load(std::memory_order_acquire) && nodes.at(id).level == 0 && nodes.entry().id != id;
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

/// How many of the k nearest a search finds, over stored vectors that are taken out of the graph's sight one at a time and
/// looked for: their neighbours are then strangers to the search, as those of a real query are.
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
            const search_plan plan{.k = options_.k, .ef = std::max(ef, options_.k),
                                   .rescored = default_rerank_depth(options_.k, std::max(ef, options_.k)),
                                   .held_out = queries_[i], .stop = options_.stop};
            std::size_t hits = 0;
            for (const neighbor& n : nearest(nodes_, codec_, vector, plan, all_allowed{}, scratch, no_tracker{})) {
                hits += n.distance <= radius_[i] ? 1u : 0u;
            }
            found.fetch_add(hits, std::memory_order_relaxed);
        });
        // What is inserted meanwhile may be nearer than the truth was.
        return std::min(1.0, static_cast<double>(found.load()) / static_cast<double>(expected_.load()));
    }

private:
    using element = typename Codec::element;

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
