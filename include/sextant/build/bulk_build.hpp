#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <tuple>
#include <vector>

#include "../graph/node_states.hpp"
#include "../parallel/lease.hpp"
#include "insert.hpp"
#include "open_rows.hpp"
#include "options.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A link that a planned node wants from a node that is already in the graph.
struct back_link {
    slot target;
    slot source;
    float distance;
    unsigned level;

    friend bool operator<(const back_link& a, const back_link& b) noexcept {
        return std::tie(a.level, a.target, a.source) < std::tie(b.level, b.target, b.source);
    }
};

/// Inserts batches of nodes so that the graph does not depend on how many threads there are: every node of a batch searches
/// the graph as it was before the batch, then the links back are sorted and each target chooses among its own
/// (ParlayANN; Manohar et al. 2024, section 3).
template <codec Codec>
class batch_inserter {
public:
    batch_inserter(graph& nodes, const Codec& codec, std::size_t ef_construction, const build_options& options)
        : nodes_(nodes), codec_(codec), ef_construction_(ef_construction), options_(options) {}

    /// Plans the links of `ids`, whose codes `encode(i)` writes for each position, in parallel. False if it was stopped.
    /// Throws std::bad_alloc and what the executor throws. Either way nobody knows the nodes yet.
    template <class Encode>
    bool plan(std::span<const slot> ids, Encode&& encode) {
        constexpr std::size_t block = 2;  // small enough to share out the last of a batch
        const std::size_t tasks = (ids.size() + block - 1) / block;
        if (planned_.size() < tasks) planned_.resize(tasks);
        std::atomic<bool> stopped = false;
        options_.executor.run(tasks, [&](std::size_t task) {
            std::vector<back_link>& wanted = planned_[task];
            wanted.clear();
            if (stopped.load(std::memory_order_relaxed)) return;
            if (options_.stop.requested()) return stopped.store(true, std::memory_order_relaxed);
            const lease<search_scratch> search;
            const lease<insert_scratch> scratch;
            for (std::size_t i = task * block; i < std::min(ids.size(), (task + 1) * block); ++i) {
                encode(i);
                plan_links(nodes_, codec_, ids[i], ef_construction_, *search, *scratch);
                for (unsigned level = 0; level < scratch->plan.levels(); ++level) {
                    for (const neighbor& n : scratch->plan.level(level)) {
                        wanted.push_back({n.id, ids[i], n.distance, level});
                    }
                }
            }
        });
        if (stopped.load(std::memory_order_relaxed)) return false;
        merge(tasks);
        reserve_spaces();
        return true;
    }

    /// Makes those of the planned nodes known that are claimed by now; the others are forgotten. Cannot fail.
    void publish(std::span<const slot> ids) noexcept {
        std::erase_if(links_, [&](const back_link& l) { return !is_claimed(l.source); });
        for (const slot id : ids) {
            if (is_claimed(id)) adopt_by_nearest(nodes_, id);
        }
        const auto upper = std::find_if(links_.begin(), links_.end(), [](const back_link& l) { return l.level > 0; });
        const auto base = static_cast<std::size_t>(upper - links_.begin());
        apply({links_.data(), base});
        for (const slot id : ids) {
            if (is_claimed(id)) tie_in(id);
        }
        apply({links_.data() + base, links_.size() - base});
    }

    /// Makes the first of the planned nodes that is claimed the entry point if it is higher than the present one.
    void raise_entry(std::span<const slot> ids) noexcept {
        for (const slot id : ids) {
            if (is_claimed(id)) return nodes_.raise_entry(id);
        }
    }

    /// Makes the planned nodes live that are claimed, each by `make_live(id)`, and returns how many these are.
    template <class Reveal>
    std::size_t reveal(std::span<const slot> ids, Reveal&& make_live) noexcept {
        std::size_t count = 0;
        for (const slot id : ids) {
            if (!is_claimed(id)) continue;
            make_live(id);
            if (nodes_.rises(id)) raise_known_entry(nodes_, id);  // a higher entry point was erased meanwhile, or its slot taken
            ++count;
        }
        return count;
    }

private:
    /// One task's buffers for choosing links, reserved before anything is published.
    struct space {
        selection_space selection;
        std::vector<neighbor> added;
        bool done = false;
    };

    bool is_claimed(slot id) const noexcept { return nodes_.at(id).is(node_state::claimed); }

    /// Makes sure of the links that pin a node, and of a parent for one that none of its neighbours had room for.
    void tie_in(slot id) noexcept {
        selection_space& selection = spaces_.front().selection;
        const slot parent = nodes_.at(id).parent.load(std::memory_order_acquire);
        if (parent < tree_root && !(nodes_.links(id).contains(parent) && nodes_.links(parent).contains(id))) {
            tie(nodes_, codec_, id, parent, selection);
        }
        settle_if_homeless(nodes_, codec_, id, selection);
    }

    void merge(std::size_t tasks) {
        links_.clear();
        for (std::size_t t = 0; t < tasks; ++t) links_.insert(links_.end(), planned_[t].begin(), planned_[t].end());
        std::sort(links_.begin(), links_.end());
    }

    void reserve_spaces() {
        std::size_t most = 1;
        for (std::size_t first = 0; first < links_.size();) {
            const std::size_t end = end_of_target(links_, first);
            most = std::max(most, end - first);
            first = end;
        }
        spaces_.resize(4 * std::max<std::size_t>(1, options_.executor.concurrency()));
        for (space& s : spaces_) {
            s.selection.reserve(most + nodes_.capacity(0), nodes_.capacity(0), codec_.query_bytes());
            s.added.reserve(most);
        }
    }

    static std::size_t end_of_target(std::span<const back_link> links, std::size_t first) noexcept {
        std::size_t end = first + 1;
        while (end < links.size() && links[end].target == links[first].target && links[end].level == links[first].level) ++end;
        return end;
    }

    /// Gives each target its links, in parallel, one task per stretch of targets. An executor that fails is replaced by the
    /// calling thread, because half a batch must not stay.
    void apply(std::span<const back_link> links) noexcept {
        const std::size_t tasks = spaces_.size();
        const auto cut = [&](std::size_t task) {  // the first link of the task: where a target begins
            std::size_t at = links.size() * task / tasks;
            while (at > 0 && at < links.size() && links[at].target == links[at - 1].target &&
                   links[at].level == links[at - 1].level) {
                ++at;
            }
            return at;
        };
        const auto work = [&](std::size_t task) {
            space& s = spaces_[task];
            for (std::size_t first = cut(task), last = cut(task + 1); first < last;) {
                const std::size_t end = end_of_target(links, first);
                s.added.clear();
                for (std::size_t i = first; i < end; ++i) s.added.push_back({links[i].distance, links[i].source});
                add_links(nodes_, codec_, links[first].target, s.added, links[first].level, s.selection);
                first = end;
            }
            s.done = true;
        };
        for (space& s : spaces_) s.done = false;
        SEXTANT_TRY { options_.executor.run(tasks, work); }
        SEXTANT_CATCH_ALL {}
        for (std::size_t task = 0; task < tasks; ++task) {
            if (!spaces_[task].done) work(task);
        }
    }

    graph& nodes_;
    const Codec& codec_;
    std::size_t ef_construction_;
    const build_options& options_;
    std::vector<std::vector<back_link>> planned_;  // by task
    std::vector<back_link> links_;                 // all of the batch, sorted
    std::vector<space> spaces_;
};

/// How many of `rows` are inserted at once into a graph of `joined` nodes. The nodes of a batch do not see each other, so each
/// misses the neighbours that come with it: they are half a percent of the rows, or up to 128 where these are few, enough for
/// a few dozen threads, or up to 32 where they join many more. At 2 % of all rows recall@10 was lower by 0.1 to 0.4 % (ef 16
/// to 128, mean of three seeds, sift-100k, fashion-mnist-784, text-1536) and building took as long.
constexpr std::size_t largest_batch(std::size_t rows, std::size_t joined) noexcept {
    const std::size_t few = std::min<std::size_t>(128, rows / 50);
    const std::size_t joining = std::min<std::size_t>(32, (joined + rows) / 50);
    return std::max({std::size_t{1}, rows / 200, few, joining});
}

/// Where the nodes of a bulk build come from.
///   rows.size()          how many there are
///   rows.begin_batch()   a value that is kept for a batch and holds a pin of the epoch
///   rows.open(i)         a fresh node for row i, named but not claimed; no_slot to skip the row. Asked in order. May throw.
///   rows.encode(i, id)   writes the node's code
///   rows.claim(id)       as in insert_node()
///   rows.reveal(id)      the same
/// Opens them all in their order, and inserts them in another that is spread over them (build/spread_order.hpp), in batches of
/// 1, 2, 4, …, largest_batch(): rows that are like their neighbours, as those of sorted data are, must not come in one. Returns
/// how many were inserted. If it is stopped or something throws, the batches that were finished stay inserted and the rest is
/// given back.
template <codec Codec, class Rows>
std::size_t bulk_build(graph& nodes, const Codec& codec, Rows&& rows, std::size_t ef_construction,
                       const build_options& options) {
    const std::size_t most = largest_batch(rows.size(), nodes.end());
    batch_inserter<Codec> inserter(nodes, codec, ef_construction, options);
    open_batch batch(nodes);
    open_rows waiting(nodes, rows);
    if (!waiting.open(options.stop)) return 0;
    std::size_t inserted = 0;
    while (!waiting.all_taken()) {
        if (options.stop.requested()) break;
        {
            const auto writing = rows.begin_batch();
            const closing_batch closing{batch};
            batch.fill(waiting, std::clamp<std::size_t>(inserted, 1, most));
            std::unique_lock rising(nodes.entry_mutex(), std::defer_lock);
            if (batch.rises()) rising.lock();
            if (!inserter.plan(batch.ids(), [&](std::size_t i) { rows.encode(batch.row(i), batch.ids()[i]); })) break;
            const auto publish = [&]() noexcept {
                inserter.publish(batch.ids());
                if (rising.owns_lock()) {
                    inserter.raise_entry(batch.ids());
                    rising.unlock();
                }
                inserted += inserter.reveal(batch.ids(), [&](slot id) { rows.reveal(id); });
            };
            SEXTANT_TRY {
                for (const slot id : batch.ids()) rows.claim(id);
            }
            SEXTANT_CATCH_ALL {
                publish();
                SEXTANT_RETHROW;
            }
            publish();
        }
        if (options.progress) options.progress(waiting.taken(), rows.size());
    }
    return inserted;
}

}  // namespace sextant::inline SEXTANT_ABI
