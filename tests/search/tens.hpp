#pragma once

#include <sextant/codec/reranking.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace search_test {

/// Whole numbers. The first code keeps their tens, the second what is over: what the beam takes for equal, re-ranking tells
/// apart. Nothing that the concept does not name.
class tens {
public:
    using element = std::int32_t;
    struct metric_type {};
    static constexpr std::size_t max_dim = 1;

    class query {
    public:
        query() = delete;

    private:
        friend class tens;
        explicit query(std::int32_t value) : value_(value) {}
        std::int32_t value_;
    };
    class fine_query {
    public:
        fine_query() = delete;

    private:
        friend class tens;
        explicit fine_query(std::int32_t value) : value_(value) {}
        std::int32_t value_;
    };

    explicit tens(std::size_t, metric_type = {}) {}
    tens(const tens&) = delete;
    tens& operator=(const tens&) = delete;

    const metric_type& metric() const { return metric_; }
    std::size_t dim() const { return 1; }
    std::size_t length() const { return 1; }
    std::size_t code_bytes() const { return sizeof(element); }
    std::size_t query_bytes() const { return 1; }
    sextant::refusal refuses(std::span<const element>) const noexcept { return {}; }
    void encode(std::span<const element> vector, std::byte* code) const { write(vector[0] / 10 * 10, code); }
    void decode(const std::byte* code, std::span<element> vector) const { vector[0] = read(code); }
    query prepare(std::span<const element> vector, std::byte*) const { return query(vector[0]); }
    query prepare_stored(const std::byte* code, std::byte*) const { return query(read(code)); }
    void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const {
        for (std::size_t i = 0; i < n; ++i) out[i] = apart(q.value_, read(codes[i]));
    }

    std::size_t cold_bytes() const { return sizeof(element); }
    std::size_t fine_query_bytes() const { return 1000; }
    void encode_cold(std::span<const element> vector, const std::byte* code, std::byte* cold) const {
        write(vector[0] - read(code), cold);
    }
    void decode_cold(const std::byte* code, const std::byte* cold, std::span<element> vector) const {
        vector[0] = read(code) + read(cold);
    }
    /// Fills its bytes, so that a query that still lay there would suffer.
    fine_query prepare_fine(std::span<const element> vector, std::byte* bytes) const {
        std::memset(bytes, 0x55, fine_query_bytes());
        return fine_query(vector[0]);
    }
    void fine_distances(const fine_query& q, const std::byte* const* codes, const std::byte* const* cold, std::size_t n,
                        float* out) const {
        for (std::size_t i = 0; i < n; ++i) out[i] = apart(q.value_, read(codes[i]) + read(cold[i]));
    }

private:
    static float apart(element a, element b) { return static_cast<float>(std::abs(a - b)); }
    static void write(element value, std::byte* at) { std::memcpy(at, &value, sizeof(value)); }
    static element read(const std::byte* at) {
        element value;
        std::memcpy(&value, at, sizeof(value));
        return value;
    }

    metric_type metric_;
};

static_assert(sextant::reranking_codec<tens>);

}  // namespace search_test
