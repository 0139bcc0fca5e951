#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What searches did, added up over the calls it is given to. Not synchronised: one per thread.
struct search_stats {
    std::uint64_t distances = 0;  ///< distances computed
    std::uint64_t hops = 0;       ///< nodes whose links were followed
    std::uint64_t rescored = 0;   ///< candidates compared anew, by a faithful code or all of the only one
    std::uint64_t stopped = 0;    ///< searches that ended early because their stop condition said so
    std::uint64_t scans = 0;      ///< filtered searches that ended in comparing everything allowed
};

/// The tracker of algorithms that nobody watches: every call is empty and vanishes.
struct no_tracker {
    void distances(std::size_t) const noexcept {}
    void hop() const noexcept {}
    void rescored(std::size_t) const noexcept {}
    void stopped() const noexcept {}
    void scanned() const noexcept {}
};

/// The tracker that adds to a search_stats.
struct stats_tracker {
    search_stats& stats;

    void distances(std::size_t n) const noexcept { stats.distances += n; }
    void hop() const noexcept { ++stats.hops; }
    void rescored(std::size_t n) const noexcept { stats.rescored += n; }
    void stopped() const noexcept { ++stats.stopped; }
    void scanned() const noexcept { ++stats.scans; }
};

}  // namespace sextant::inline SEXTANT_ABI
