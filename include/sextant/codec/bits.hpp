#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "../core/error.hpp"
#include "../core/types.hpp"
#include "../metric/hamming.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Binary codes, eight bits to a byte, `dim` bits each. Bits of the last byte beyond dim are ignored: stored as zero,
/// compared as zero. Codes are padded with zero to whole 64-bit words, so that the kernel has no tail.
class bits_codec {
public:
    using element = std::uint8_t;
    using metric_type = hamming;
    static constexpr std::size_t max_dim = 1'048'576;

    struct query {
        const std::byte* words;
    };

    explicit bits_codec(std::size_t dim, hamming metric = {}) noexcept : dim_(dim), metric_(metric) {}

    const hamming& metric() const noexcept { return metric_; }
    std::size_t dim() const noexcept { return dim_; }
    std::size_t length() const noexcept { return (dim_ + 7) / 8; }
    std::size_t code_bytes() const noexcept { return round_up(length(), 8); }
    std::size_t query_bytes() const noexcept { return code_bytes(); }

    refusal refuses(std::span<const std::uint8_t>) const noexcept { return {}; }

    void encode(std::span<const std::uint8_t> vector, std::byte* code) const noexcept {
        std::memset(code, 0, code_bytes());
        std::memcpy(code, vector.data(), length());
        if (dim_ % 8 != 0) code[length() - 1] &= static_cast<std::byte>((1u << (dim_ % 8)) - 1);
    }

    void decode(const std::byte* code, std::span<std::uint8_t> vector) const noexcept {
        std::memcpy(vector.data(), code, length());
    }

    query prepare(std::span<const std::uint8_t> vector, std::byte* bytes) const noexcept {
        encode(vector, bytes);
        return {bytes};
    }

    query prepare_stored(const std::byte* code, std::byte*) const noexcept { return {code}; }

    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        for (std::size_t i = 0; i < n; ++i) {
            out[i] = static_cast<float>(simd::hamming(q.words, codes[i], code_bytes()));
        }
    }

    /// What is beyond dim must be zero, as encode() makes it.
    bool valid_code(const std::byte* code) const noexcept {
        const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
        if (!std::all_of(code + length(), code + code_bytes(), is_zero)) return false;
        return dim_ % 8 == 0 || is_zero(code[length() - 1] >> (dim_ % 8));
    }

private:
    std::size_t dim_;
    [[no_unique_address]] hamming metric_;
};

}  // namespace sextant::inline SEXTANT_ABI
