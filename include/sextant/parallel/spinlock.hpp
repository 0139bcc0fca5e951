#pragma once

#include <atomic>

#include "../core/config.hpp"
#include "backoff.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A lock of one byte, for sections of a few microseconds at most; every node has one. Meets Lockable, so
/// std::scoped_lock works.
class spinlock {
public:
    void lock() noexcept {
        backoff others;
        while (!try_lock()) {
            // Reads until the lock looks free: an exchange in the loop would keep stealing the line from its owner.
            while (taken_.load(std::memory_order_relaxed)) others.wait();
        }
    }

    bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }

    void unlock() noexcept { taken_.store(false, std::memory_order_release); }

private:
    std::atomic<bool> taken_ = false;
};

static_assert(sizeof(spinlock) == 1);

}  // namespace sextant::inline SEXTANT_ABI
