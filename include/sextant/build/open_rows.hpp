#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "../core/stop_condition.hpp"
#include "../core/types.hpp"
#include "../graph/node_states.hpp"
#include "spread_order.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The rows of a bulk build as nodes that have a name and are not claimed. All get their slots before the first is inserted, so
/// that slots come in the order of the rows, and of equal keys the first is the one that stays, in whatever order rows are
/// inserted. Those that no batch took go back to the graph.
template <class Rows>
class open_rows {
public:
    open_rows(graph& nodes, Rows& rows) noexcept : nodes_(nodes), rows_(rows), next_(rows.size()) {}
    open_rows(const open_rows&) = delete;
    open_rows& operator=(const open_rows&) = delete;

    ~open_rows() {
        if (all_taken()) return;
        const auto writing = rows_.begin_batch();
        for (std::size_t row = ids_.size(); row-- > 0;) {
            if (ids_[row] != no_slot) nodes_.release(ids_[row]);
        }
    }

    /// Opens them. False if it was stopped; throws what the rows throw.
    bool open(const stop_condition& stop) {
        constexpr std::size_t stretch = 1024;  // then others that wait for writers have their turn
        ids_.reserve(rows_.size());
        while (ids_.size() < rows_.size()) {
            if (stop.requested()) return false;
            const auto writing = rows_.begin_batch();
            const std::size_t last = std::min(rows_.size(), ids_.size() + stretch);
            while (ids_.size() < last) ids_.push_back(rows_.open(ids_.size()));
        }
        return true;
    }

    /// How many were taken, in the order of spread_order.
    std::size_t taken() const noexcept { return taken_; }
    bool all_taken() const noexcept { return taken_ == ids_.size(); }

    /// The row that is next, and its node: no_slot if it is skipped.
    std::size_t row() const noexcept { return *next_; }
    slot id() const noexcept { return ids_[*next_]; }

    void take() noexcept {
        ids_[*next_] = no_slot;
        ++next_;
        ++taken_;
    }

private:
    graph& nodes_;
    Rows& rows_;
    std::vector<slot> ids_;  // by row
    spread_order next_;
    std::size_t taken_ = 0;
};

/// The nodes of a batch in the making.
class open_batch {
public:
    explicit open_batch(graph& nodes) noexcept : nodes_(nodes) {}
    open_batch(const open_batch&) = delete;
    open_batch& operator=(const open_batch&) = delete;

    /// Gives back to the graph those that are not in use.
    void clear() noexcept {
        for (const slot id : ids_) {
            if (is_vacant(nodes_, id)) nodes_.release(id);
        }
        ids_.clear();
        rows_.clear();
    }

    /// Takes the next rows: up to `wanted` that are not skipped. A node above the entry point gets a batch of its own, so that
    /// it is linked on every level.
    template <class Rows>
    void fill(open_rows<Rows>& waiting, std::size_t wanted) {
        ids_.reserve(wanted);
        rows_.reserve(wanted);
        for (; !waiting.all_taken() && ids_.size() < wanted; waiting.take()) {
            const slot id = waiting.id();
            if (id == no_slot) continue;
            if (rises() || (!ids_.empty() && nodes_.rises(id))) return;
            ids_.push_back(id);
            rows_.push_back(waiting.row());
        }
    }

    std::span<const slot> ids() const noexcept { return ids_; }
    std::size_t row(std::size_t position) const noexcept { return rows_[position]; }

    bool rises() const noexcept { return !ids_.empty() && nodes_.rises(ids_.front()); }

private:
    graph& nodes_;
    std::vector<slot> ids_;
    std::vector<std::size_t> rows_;
};

/// Clears a batch however it ends.
struct closing_batch {
    open_batch& batch;
    ~closing_batch() { batch.clear(); }
};

}  // namespace sextant::inline SEXTANT_ABI
