#pragma once

#include <cstddef>
#include <numeric>

namespace sextant::inline SEXTANT_ABI {

/// The numbers below n, each once, in a fixed order in which those that follow each other lie far apart: steps of the golden
/// ratio's part of n, round and round. Of any stretch of the order, each part of [0, n) holds about its share.
class spread_order {
public:
    explicit spread_order(std::size_t n) noexcept : n_(n), step_(n / 1000 * 618 + n % 1000 * 618 / 1000) {
        while (std::gcd(step_, n_) > 1) ++step_;  // or it would come round before it has met all
    }

    std::size_t operator*() const noexcept { return at_; }

    spread_order& operator++() noexcept {
        at_ = at_ < n_ - step_ ? at_ + step_ : at_ - (n_ - step_);
        return *this;
    }

private:
    std::size_t n_;
    std::size_t step_;
    std::size_t at_ = 0;
};

}  // namespace sextant::inline SEXTANT_ABI
