#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "../core/types.hpp"
#include "../parallel/backoff.hpp"
#include "../parallel/spinlock.hpp"
#include "node.hpp"

namespace sextant::inline SEXTANT_ABI {

/// When nodes died and which took the place of others, for those who look at many nodes one after the other. Any number of
/// threads may use it at once.
class change_log {
public:
    /// How many successors are remembered.
    static constexpr std::size_t remembered = 256;

    /// Makes a live node dead.
    void kill(node& live) noexcept {
        step([&] { live.state.store(node_state::dead); });
    }

    /// Makes `pending`, the node of slot `id`, live and the live node it replaces dead, as one step to whoever asks with
    /// consistently().
    void replace(node& live, node& pending, slot id) noexcept {
        step([&] {
            pending.state.store(node_state::live);
            live.state.store(node_state::dead);
            const std::uint64_t n = replaced_.load(std::memory_order_relaxed);
            successors_[n % remembered].store(id, std::memory_order_release);
            replaced_.store(n + 1);
        });
    }

    /// Calls look(), again if need be, until no node was killed or replaced while it looked: of two nodes that had the same
    /// key one after the other it has then seen one alive at most. If changes come faster than it can look, it has them
    /// wait once.
    template <class F>
    void consistently(F&& look) const {
        backoff others;
        for (int looks = 0; looks < most_looks; ++looks) {
            const std::uint64_t ended = ended_.load();
            look();
            if (begun_.load() == ended) return;
            others.wait();
        }
        const std::scoped_lock alone(changing_);
        look();
    }

    /// How many nodes were replaced so far.
    std::uint64_t replaced() const noexcept { return replaced_.load(); }

    /// Calls f(slot) for the nodes that took the place of others from the `from`th time on, up to the `to`th, or for as many
    /// of the last as are remembered. Later ones may be written over them meanwhile: if so, replaced() is afterwards at
    /// least `remembered` more than `from`.
    template <class F>
    void each_successor(std::uint64_t from, std::uint64_t to, F&& f) const {
        for (std::uint64_t n = std::max(from, to - std::min<std::uint64_t>(to, remembered)); n < to; ++n) {
            f(successors_[n % remembered].load(std::memory_order_acquire));
        }
    }

private:
    static constexpr int most_looks = 16;

    template <class F>
    void step(F&& change) noexcept {
        const std::scoped_lock alone(changing_);
        begun_.fetch_add(1);
        change();
        ended_.fetch_add(1);
    }

    mutable spinlock changing_;
    std::atomic<std::uint64_t> begun_ = 0;
    std::atomic<std::uint64_t> ended_ = 0;
    std::atomic<std::uint64_t> replaced_ = 0;
    std::array<std::atomic<slot>, remembered> successors_{};
};

}  // namespace sextant::inline SEXTANT_ABI
