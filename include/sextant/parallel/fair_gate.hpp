#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A std::shared_mutex that many may hold together or one alone, and whose single holder need not wait for a moment without
/// any others, which may never come: those who arrive after it wait until it has been. Costs the others one load more.
/// std::shared_lock and std::unique_lock work.
class fair_gate {
public:
    void lock() {
        turn_.lock();
        awaited_.store(true, std::memory_order_relaxed);
        gate_.lock();
    }

    void unlock() {
        gate_.unlock();
        awaited_.store(false, std::memory_order_relaxed);
        turn_.unlock();
    }

    void lock_shared() {
        if (awaited_.load(std::memory_order_relaxed)) {
            const std::scoped_lock wait(turn_);
        }
        gate_.lock_shared();
    }

    void unlock_shared() { gate_.unlock_shared(); }

private:
    std::mutex turn_;
    std::atomic<bool> awaited_ = false;
    std::shared_mutex gate_;
};

}  // namespace sextant::inline SEXTANT_ABI
