#pragma once

#include <atomic>
#include <chrono>
#include <version>

#include "config.hpp"

#if defined(__cpp_lib_jthread)
#include <stop_token>
#include <utility>
#endif

namespace sextant::inline SEXTANT_ABI {

/// When to give up early: a std::stop_token, a point in time, or a flag that somebody sets. Empty, it never stops
/// anything and costs a branch. A flag must outlive the call it is given to.
class stop_condition {
public:
    using clock = std::chrono::steady_clock;

    stop_condition() noexcept = default;
    stop_condition(clock::time_point deadline) noexcept : deadline_(deadline) {}             // NOLINT: implicit
    stop_condition(const std::atomic<bool>& flag) noexcept : flag_(&flag) {}                 // NOLINT: implicit
    stop_condition(const std::atomic<bool>&&) = delete;  // nor a bool, which would become one that is gone at once
#if defined(__cpp_lib_jthread)
    stop_condition(std::stop_token token) noexcept : token_(std::move(token)) {}             // NOLINT: implicit
#endif

    /// Whether stopping is possible at all: asked once, so that the check can be left out of a loop.
    bool possible() const noexcept {
#if defined(__cpp_lib_jthread)
        if (token_.stop_possible()) return true;
#endif
        return flag_ != nullptr || deadline_ != clock::time_point::max();
    }

    bool requested() const noexcept {
#if defined(__cpp_lib_jthread)
        if (token_.stop_requested()) return true;
#endif
        if (flag_ != nullptr && flag_->load(std::memory_order_relaxed)) return true;
        return deadline_ != clock::time_point::max() && clock::now() >= deadline_;
    }

private:
#if defined(__cpp_lib_jthread)
    std::stop_token token_;
#endif
    const std::atomic<bool>* flag_ = nullptr;
    clock::time_point deadline_ = clock::time_point::max();
};

}  // namespace sextant::inline SEXTANT_ABI
