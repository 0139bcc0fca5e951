#pragma once

#include <sextant/core/types.hpp>
#include <sextant/memory/pages.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <random>
#include <vector>

namespace bench {

/// More than any cache holds, so that a random record of it comes from memory.
inline constexpr std::size_t beyond_caches = std::size_t{256} << 20;

/// Records of one size at one flat address, from the same pages that the library's arena takes.
class flat_records {
public:
    flat_records(std::size_t count, std::size_t stride)
        : count_(count), stride_(stride), block_(sextant::native_pages::reserve(count * stride)) {
        if (block_ == nullptr || !sextant::native_pages::commit(block_, count * stride))
            throw std::bad_alloc();
    }
    flat_records(const flat_records&) = delete;
    flat_records& operator=(const flat_records&) = delete;
    ~flat_records() { sextant::native_pages::release(block_, count_ * stride_); }

    std::byte* at(sextant::slot id) const noexcept { return block_ + id * stride_; }
    std::size_t size() const noexcept { return count_; }

private:
    std::size_t count_;
    std::size_t stride_;
    std::byte* block_;
};

/// Random slots below `count`, the same in every run: a power of two of them, about as many as there are
/// records, so that a walk through them all touches most of the memory.
inline std::vector<sextant::slot> random_slots(std::size_t count) {
    std::vector<sextant::slot> slots(std::bit_ceil(std::max(count, std::size_t{1} << 14)));
    std::mt19937_64 random(7);
    for (sextant::slot& slot : slots) slot = static_cast<sextant::slot>(random() % count);
    return slots;
}

} // namespace bench
