#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../core/half.hpp"
#include "../core/types.hpp"
#include "../metric/metric.hpp"
#include "../simd/convert.hpp"
#include "../simd/split.hpp"
#include "float.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Vectors of floats of which a search reads half: each is kept in two planes, [dim bfloat16: the nearest to each float][for
/// metrics with a scale, that of the bfloat16s, a float][dim integers of 16 bits: what to add to their bits to have the floats
/// again]. The first plane is a vector of its own that is near the real one; distances to it rank what a search meets, and both
/// planes give the distance of the best it finds. Nothing is lost, and a code is as long as the floats with their scale are.
///
/// A coordinate is off by up to 2^-8 of its size, which is little beside the distance of two vectors unless they are much
/// nearer to each other than to the origin, as those are whose mean is far from it. Distances that small are computed from
/// both planes at once. Building compares first planes with each other: a distance must be the same from both ends, or of equal
/// vectors half would hide what the others see. Vectors of a few cache lines are kept as they are, in one plane, and so are those
/// of files that were written before there were two.
template <splittable_metric Metric>
class split_float_codec {
    using whole_codec = float_codec<Metric, float>;
    using whole_query = typename whole_codec::query;

public:
    using element = float;
    using native = float;
    using metric_type = Metric;
    static constexpr std::size_t max_dim = whole_codec::max_dim;

    /// From how many dimensions on a search waits long enough for the second half to be better off without.
    static constexpr std::size_t least_split_dim = 64;

    /// Of a vector of the caller's, `near` is all of it. Of a stored one it is the first plane; few comparisons need the second,
    /// which is not read before one does.
    struct query {
        whole_query near;
        const std::byte* code;  ///< the stored one, or null
        float* floats;          ///< room to put it together in
        float undecided;        ///< below this distance the first plane tells too little
    };

    explicit split_float_codec(std::size_t dim, Metric metric = {}) noexcept
        : whole_(dim, metric), split_(dim >= least_split_dim) {}

    const Metric& metric() const noexcept { return whole_.metric(); }
    std::size_t dim() const noexcept { return whole_.dim(); }
    std::size_t length() const noexcept { return whole_.length(); }
    std::size_t code_bytes() const noexcept { return whole_.code_bytes(); }
    std::size_t front_bytes() const noexcept { return split_ ? dim() * sizeof(bfloat16) + gap : code_bytes(); }
    std::size_t query_bytes() const noexcept { return split_ ? floats_at() + dim() * sizeof(float) : whole_.query_bytes(); }
    refusal refuses(std::span<const float> vector) const noexcept { return whole_.refuses(vector); }

    void encode(std::span<const float> vector, std::byte* code) const noexcept {
        if (!split_) return whole_.encode(vector, code);
        simd::split(vector, reinterpret_cast<bfloat16*>(code), reinterpret_cast<std::int16_t*>(code + front_bytes()));
        if constexpr (Metric::scales) {
            const float scale = 1.0f / std::sqrt(near_squared_norm(code));
            std::memcpy(code + dim() * sizeof(bfloat16), &scale, sizeof(scale));
        }
    }

    void decode(const std::byte* code, std::span<float> vector) const noexcept {
        if (!split_) return whole_.decode(code, vector);
        simd::join(planes::at(code, dim()), vector);
    }

    query prepare(std::span<const float> vector, std::byte* bytes) const noexcept {
        return {whole_.prepare(vector, bytes), nullptr, nullptr, undecided(vector.data())};
    }

    query prepare_stored(const std::byte* code, std::byte* bytes) const noexcept {
        if (!split_) return {whole_.prepare_stored(code, bytes), nullptr, nullptr, 0.0f};
        float* const rounded = reinterpret_cast<float*>(bytes);
        simd::convert(reinterpret_cast<const bfloat16*>(code), rounded, dim());
        return {{rounded, nullptr, near_scale(code)}, code, reinterpret_cast<float*>(bytes + floats_at()), undecided(rounded)};
    }

    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        if (!split_) return whole_.distances(q.near, codes, n, out);
        simd::reduce_some<reduction, xsimd::default_arch, bfloat16>(q.near.values, codes, n, dim(), out);
        bool decided = true;
        for (std::size_t i = 0; i < n; ++i) {
            out[i] = Metric::distance(out[i], q.near.scale, near_scale(codes[i]));
            decided = decided && out[i] >= q.undecided;
        }
        if (!decided) decide(q, codes, n, out);
    }

    SEXTANT_INLINE void exact_distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        if (!split_) return whole_.distances(q.near, codes, n, out);
        const whole_query whole = q.code ? put_together(q) : q.near;
        simd::reduce_some<reduction, xsimd::default_arch, simd::split_floats<gap>>(whole.values, codes, n, dim(), out);
        for (std::size_t i = 0; i < n; ++i) out[i] = Metric::distance(out[i], whole.scale, scale(codes[i]));
    }

    bool valid_code(const std::byte* code) const noexcept {
        if (!split_) return whole_.valid_code(code);
        return is_plausible<Metric>(simd::split_squared_norm<gap>(code, dim()), scale(code)) &&
               is_plausible<Metric>(near_squared_norm(code), near_scale(code));
    }

    void write_state(byte_writer& out) const {
        if (split_) out.put(two_planes);
    }

    /// A file without is of vectors in one plane.
    bool read_state(byte_reader& in) noexcept {
        byte_reader ahead = in;
        split_ = ahead.get<std::uint32_t>() == two_planes;
        if (split_) in = ahead;
        return !split_ || dim() >= least_split_dim;
    }

private:
    using reduction = typename Metric::reduction;

    static constexpr std::size_t gap = Metric::scales ? sizeof(float) : 0;
    using planes = simd::stored_row<simd::split_floats<gap>>;

    /// No codec's state begins so: "2pln". It may come before that of another (rerank<>).
    static constexpr std::uint32_t two_planes = 0x6E6C'7032u;

    /// In the bytes of a stored code as a query, whose first plane comes first.
    std::size_t floats_at() const noexcept { return round_up(dim() * sizeof(float), cache_line); }

    float undecided(const float* values) const noexcept {
        if constexpr (Metric::scales) {
            return Metric::undecided;
        } else {
            return split_ ? Metric::undecided * squared_norm({values, dim()}) : 0.0f;
        }
    }

    /// Replaces the distances that are too small for the first plane, and only those: a distance must not depend on what else
    /// is compared.
    void decide(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        std::array<const std::byte*, simd::kernel_rows> small{};
        std::array<std::size_t, simd::kernel_rows> at{};
        std::size_t count = 0;
        for (std::size_t i = 0; i < n; ++i) {
            if (out[i] >= q.undecided) continue;
            small[count] = codes[i];
            at[count++] = i;
        }
        std::array<float, simd::kernel_rows> exact;
        exact_distances(q, small.data(), count, exact.data());
        for (std::size_t i = 0; i < count; ++i) out[at[i]] = exact[i];
    }

    // Of a code in two planes.

    whole_query put_together(const query& q) const noexcept {
        decode(q.code, {q.floats, dim()});
        return {q.floats, nullptr, scale(q.code)};
    }

    float near_squared_norm(const std::byte* code) const noexcept {
        const auto near = reinterpret_cast<const bfloat16*>(code);
        return simd::reduce<simd::product>(near, near, dim());
    }

    float near_scale(const std::byte* code) const noexcept {
        float scale = 1.0f;
        if constexpr (Metric::scales) std::memcpy(&scale, code + dim() * sizeof(bfloat16), sizeof(scale));
        return scale;
    }

    /// Of the floats; O(dim).
    float scale(const std::byte* code) const noexcept {
        return Metric::scales ? 1.0f / std::sqrt(simd::split_squared_norm<gap>(code, dim())) : 1.0f;
    }

    whole_codec whole_;
    bool split_;
};

}  // namespace sextant::inline SEXTANT_ABI
