#pragma once

#include <thread>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How a thread passes the time while another is about to finish: it spins a little and then yields, so that an
/// oversubscribed machine makes progress.
class backoff {
public:
    void wait() noexcept {
        if (rounds_ < spins) {
            ++rounds_;
            SEXTANT_RELAX();
        } else {
            std::this_thread::yield();
        }
    }

private:
    static constexpr unsigned spins = 64;

    unsigned rounds_ = 0;
};

}  // namespace sextant::inline SEXTANT_ABI
