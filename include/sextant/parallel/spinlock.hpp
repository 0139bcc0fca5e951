#pragma once

#include <atomic>
#include <thread>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A lock of one byte, for sections of a few microseconds at most; every node has one. Meets Lockable, so
/// std::scoped_lock works. It spins a little and then yields, so an oversubscribed machine makes progress.
class spinlock {
public:
    void lock() noexcept {
        for (unsigned spins = 0; !try_lock(); ++spins) {
            // Reads until the lock looks free: an exchange in the loop would keep stealing the line from its owner.
            while (taken_.load(std::memory_order_relaxed)) {
                if (++spins < 64) {
                    SEXTANT_RELAX();
                } else {
                    std::this_thread::yield();
                }
            }
        }
    }

    bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }

    void unlock() noexcept { taken_.store(false, std::memory_order_release); }

private:
    std::atomic<bool> taken_ = false;
};

static_assert(sizeof(spinlock) == 1);

}  // namespace sextant::inline SEXTANT_ABI
