#pragma once

#include <cstdint>

#include "../graph/change_log.hpp"
#include "../graph/graph.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The nodes that take the place of others while a search runs, which may have passed before they were there.
class newcomers {
public:
    /// Those from now on.
    explicit newcomers(const graph& nodes) noexcept : log_(&nodes.changes()), known_(log_->replaced()) {}

    bool any() const noexcept { return log_->replaced() != known_; }

    /// Calls f(slot) for those that came since it was last called.
    template <class F>
    void each(F&& f) {
        const std::uint64_t now = log_->replaced();
        log_->each_successor(known_, now, f);
        lost_ = lost_ || log_->replaced() - known_ >= change_log::remembered;
        known_ = now;
    }

    /// Whether they came too fast for all of them to be known.
    bool lost_some() const noexcept { return lost_; }
    void lose() noexcept { lost_ = true; }

private:
    const change_log* log_;
    std::uint64_t known_;
    bool lost_ = false;
};

}  // namespace sextant::inline SEXTANT_ABI
