#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../core/matrix_view.hpp"
#include "../metric/cosine.hpp"
#include "../metric/inner_product.hpp"
#include "../metric/metric.hpp"
#include "../parallel/lease.hpp"
#include "../simd/packed.hpp"
#include "../simd/packed_dot.hpp"
#include "../simd/reduce.hpp"
#include "affine_check.hpp"
#include "byte_query.hpp"
#include "centre.hpp"
#include "codec_work.hpp"
#include "float_check.hpp"
#include "quantiser.hpp"
#include "wide_query.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Codes whose coordinates are small unsigned integers c with x_i ≈ low + step · c_i, low and step being the vector's own:
/// what LVQ and RaBitQ come to, which differ in the quantiser that makes the integers. A distance is an integer dot product
/// of code and query and a few multiplications:
///
///   ‖q − x‖² = ‖q‖² + ‖x‖² − 2⟨q, x⟩,   ⟨q, x⟩ = low·Σq_i + step·⟨q, c⟩
///
/// with the query rounded to 8 bits a coordinate, q_i ≈ offset + step_q · b_i. Every metric is brought to this form, because
/// a rounding error e of the code then counts as ⟨q − x, e⟩, which is small where it matters, for neighbours; a bare inner
/// product would suffer ⟨q, e⟩. Cosine is half the squared distance of the vectors scaled to length one; the inner product is
/// (‖q‖² + ‖x‖² − ‖q − x‖²) / 2 with the exact norms.
///
/// Vectors are counted from a point in their midst, the mean as soon as it is known (codec/centre.hpp). A code says whether it
/// is that, as does a query. Distances do not depend on the point as long as both are counted from the same one; where they are
/// not, the way between the two points, the shift, is made up for.
///
/// Layout: [packed codes][factors][norm, for metrics that scale].
template <reducing_metric Metric, class Quantiser>
class affine_codec {
public:
    using element = float;
    using metric_type = Metric;
    static constexpr std::size_t max_dim = 65'536;
    static constexpr unsigned bits = Quantiser::bits;

    /// Its numbers are multiplied by what the metric takes of an inner product.
    struct query {
        const std::int8_t* values;
        const std::byte* stored;  ///< the code it was prepared from, if any
        float add;                ///< the query's own part of the distance
        float sum;                ///< Σ q_i
        float step;
        float offset;
        float with_shift;         ///< ⟨q, shift⟩ of a centred query that is not a stored code
        bool centred;             ///< counted from the mean
    };

    explicit affine_codec(std::size_t dim, Metric metric = {})
        : quantiser_(dim), centre_(dim, quantiser_.size()), metric_(metric) {}

    const Metric& metric() const noexcept { return metric_; }
    std::size_t dim() const noexcept { return quantiser_.dim(); }
    std::size_t length() const noexcept { return dim(); }
    std::size_t code_bytes() const noexcept {
        return factors_at() + sizeof(factors) + (Metric::scales ? sizeof(float) : 0);
    }
    std::size_t query_bytes() const noexcept { return quantiser_.size(); }

    /// Stricter than refuse_floats() where nothing scales, because a code can be longer than its vector by nearly the root of
    /// the dimension: one bit makes all zeros between a and −a into ±a. Of vectors no longer than this, what is left after
    /// taking another one off has a code whose squared norm is at most 4·(1 + √n)²·‖x‖², below the 2^118 that
    /// is_plausible_affine() allows; and with that all terms of a distance are finite.
    refusal refuses(std::span<const float> vector) const noexcept {
        const float norm2 = squared_norm(vector);
        if (const refusal why = refuse_floats<Metric>(norm2)) return why;
        if (!Metric::scales && double{norm2} * static_cast<double>(dim()) > 0x1p113) {
            return {errc::not_finite,
                    "a vector is too long for a finite distance of its code: above 1e17 divided by the root of the dimension"};
        }
        return {};
    }

    /// Takes a vector into account that is about to be stored, before its encode(). May throw std::bad_alloc.
    void observe(std::span<const float> vector) {
        if (!centre_.known()) centre_.observe(vector, scale_of(vector), quantiser_);
    }

    /// Settles the mean from a sample of checked vectors, before anything is stored. May throw std::bad_alloc.
    void fit(matrix_view<float> sample) {
        centre_.fit(sample, [&](std::span<const float> row) { return scale_of(row); }, quantiser_);
    }

    bool settled() const noexcept { return centre_.known(); }

    void encode(std::span<const float> vector, std::byte* code) const {
        const lease<codec_work> space;
        float* const moved = space->floats(quantiser_.size());
        const bool centred = to_code_space(vector, moved, true, *space);
        std::uint8_t* const integers = space->integers(quantiser_.size());
        const affine_fit fit = quantiser_.quantise(moved, integers);
        simd::packed<bits>::pack(integers, quantiser_.size(), code);
        const factors f{own_part(fit.squared_norm, vector), fit.low, std::copysign(fit.step, centred ? -1.0f : 1.0f),
                        static_cast<float>(fit.sum)};
        std::memcpy(code + factors_at(), &f, sizeof(f));
        if constexpr (Metric::scales) {
            const float norm = 1.0f / scale_of(vector);
            std::memcpy(code + factors_at() + sizeof(f), &norm, sizeof(norm));
        }
    }

    void decode(const std::byte* code, std::span<float> vector) const {
        const lease<codec_work> space;
        float* const values = space->floats(quantiser_.size());
        reconstruct(code, values);
        from_code_space(code, values, vector, *space);
    }

    query prepare(std::span<const float> vector, std::byte* bytes) const {
        const lease<codec_work> space;
        float* const moved = space->floats(quantiser_.size());
        const bool centred = to_code_space(vector, moved, true, *space);
        const auto values = reinterpret_cast<std::int8_t*>(bytes);
        const byte_query rounded = round_query(moved, quantiser_.coordinates(), quantiser_.size(), values);
        return {values, nullptr, query_part(rounded.squared_norm, vector), factor * rounded.sum, factor * rounded.step,
                factor * rounded.offset, centred ? centre_.dot_shift(values, rounded.step, rounded.offset) : 0.0f, centred};
    }

    query prepare_stored(const std::byte* code, std::byte* bytes) const noexcept {
        constexpr std::uint8_t middle = bits == 8 ? 128 : 0;  // moves the integers into the range of signed bytes
        const std::size_t size = quantiser_.size();
        const auto integers = reinterpret_cast<std::uint8_t*>(bytes);
        simd::packed<bits>::unpack(code, size, integers);
        if constexpr (bits == 8) {
            for (std::size_t i = 0; i < quantiser_.coordinates(); ++i) integers[i] ^= middle;
        }
        const factors f = read(code);
        const float sum = static_cast<float>(quantiser_.coordinates()) * f.low + f.step_size() * f.sum;
        return {reinterpret_cast<const std::int8_t*>(bytes), code, is_product ? 1.0f + f.add : f.add, factor * sum,
                factor * f.step_size(), factor * (f.low + f.step_size() * static_cast<float>(middle)), 0.0f, f.centred()};
    }

    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        std::array<std::int32_t, simd::kernel_rows> dots;
        simd::dot_packed<bits>(q.values, codes, n, quantiser_.size(), dots.data());
        for (std::size_t i = 0; i < n; ++i) {
            const factors f = read(codes[i]);
            const float step = f.step_size();
            const float product = f.low * q.sum + step * (q.step * static_cast<float>(dots[i]) + q.offset * f.sum);
            out[i] = f.add + q.add - product;
            if (f.centred() != q.centred) [[unlikely]] out[i] += across(q, codes[i], f);
        }
    }

    /// A distance as the caller gets it: an estimate below zero is zero where the metric has no negative distances.
    float reported(float distance) const noexcept { return is_product ? distance : std::max(distance, 0.0f); }

    std::size_t heap_bytes() const noexcept { return quantiser_.heap_bytes() + centre_.heap_bytes(); }

    void write_state(byte_writer& out) const {
        if constexpr (requires { quantiser_.fingerprint(); }) out.put(quantiser_.fingerprint());
        centre_.write_state(out);
    }

    bool read_state(byte_reader& in) {
        if constexpr (requires { quantiser_.fingerprint(); }) {
            if (in.get<std::uint32_t>() != quantiser_.fingerprint()) return false;
        }
        return centre_.read_state(in, quantiser_);
    }

    bool valid_code(const std::byte* code) const {
        const factors f = read(code);
        if (f.centred() && !centre_.known()) return false;
        if constexpr (Metric::scales) {
            float norm;
            std::memcpy(&norm, code + factors_at() + sizeof(f), sizeof(norm));
            if (!(norm > 0.0f && norm <= 0x1p64f)) return false;
        }
        return is_plausible_affine<bits>(code, quantiser_.size(), quantiser_.coordinates(), f.low, f.step_size(), f.sum, f.add);
    }

protected:
    static constexpr bool is_product = std::is_same_v<Metric, inner_product>;
    static constexpr bool is_l2 = !is_product && !Metric::scales;
    static constexpr float weight = is_l2 ? 1.0f : 0.5f;  // of ‖q − x‖² in the distance
    static constexpr float factor = 2.0f * weight;        // of ⟨q, x⟩

    struct factors {
        float add;   ///< the code's own part of the distance
        float low;
        float step;  ///< negative (its sign bit set) if the code is centred: counted from the mean
        float sum;   ///< Σ c_i, at most 255 · 65,536, which a float holds exactly

        bool centred() const noexcept { return std::signbit(step); }
        float step_size() const noexcept { return std::fabs(step); }
    };
    static_assert(sizeof(factors) == 16);

    std::size_t factors_at() const noexcept { return simd::packed<bits>::bytes(quantiser_.size()); }

    SEXTANT_INLINE factors read(const std::byte* code) const noexcept {
        factors f;
        std::memcpy(&f, code + factors_at(), sizeof(f));
        return f;
    }

    std::size_t code_size() const noexcept { return quantiser_.size(); }
    std::size_t coordinates() const noexcept { return quantiser_.coordinates(); }
    bool is_centred(const std::byte* code) const noexcept { return read(code).centred(); }

    static float squared_norm(std::span<const float> vector) noexcept {
        return simd::reduce<simd::product>(vector.data(), vector.data(), vector.size());
    }

    static float scale_of(std::span<const float> vector) noexcept {
        return Metric::scales ? 1.0f / std::sqrt(squared_norm(vector)) : 1.0f;
    }

    /// A stored vector's part of the distance, and a query's, from the squared norm in code space.
    static float own_part(float in_code_space, std::span<const float> vector) noexcept {
        return weight * in_code_space - (is_product ? 0.5f * squared_norm(vector) : 0.0f);
    }
    static float query_part(float in_code_space, std::span<const float> vector) noexcept {
        return own_part(in_code_space, vector) + (is_product ? 1.0f : 0.0f);
    }

    /// Scales a vector, moves it into code space and counts it from the mean if that is wanted and known; else from where
    /// vectors are counted before it is. Returns whether from the mean.
    bool to_code_space(std::span<const float> vector, float* moved, bool centred, codec_work& space) const {
        const float* from = vector.data();
        if constexpr (Metric::scales) {
            float* const scaled = space.second(quantiser_.size());
            const float scale = scale_of(vector);
            for (std::size_t i = 0; i < vector.size(); ++i) scaled[i] = vector[i] * scale;
            from = scaled;
        }
        quantiser_.apply(from, moved);
        centred = centred && centre_.known();
        centre_.add_origin(moved, centred, -1.0f);
        return centred;
    }

    /// The vector that a code stands for, in code space, counted from where the code is.
    void reconstruct(const std::byte* code, float* values) const {
        const lease<codec_work> space;
        std::uint8_t* const integers = space->integers(quantiser_.size());
        simd::packed<bits>::unpack(code, quantiser_.size(), integers);
        const factors f = read(code);
        const std::size_t n = quantiser_.coordinates();
        for (std::size_t i = 0; i < n; ++i) values[i] = f.low + f.step_size() * static_cast<float>(integers[i]);
        std::fill(values + n, values + quantiser_.size(), 0.0f);
    }

    /// Back from code space, where `code` says from where `values` are counted and how long the vector was.
    void from_code_space(const std::byte* code, float* values, std::span<float> vector, codec_work& space) const {
        const bool centred = is_centred(code);
        if (centred) centre_.await();
        centre_.add_origin(values, centred, 1.0f);
        quantiser_.invert(values, vector.data(), space.second(quantiser_.size()));
        if constexpr (Metric::scales) {
            float norm;
            std::memcpy(&norm, code + factors_at() + sizeof(factors), sizeof(norm));
            for (float& value : vector) value *= norm;
        }
    }

    /// Counts values in code space from the mean that were not, or the other way round.
    void recount(float* values, bool from_mean) const noexcept {
        centre_.await();  // a centred code may be known here before the mean is
        centre_.add_shift(values, from_mean ? -1.0f : 1.0f);
    }

private:
    /// ⟨shift, x⟩ of a stored code x.
    float with_shift(const std::byte* code, const factors& f) const noexcept {
        double dot;
        wide_dots<bits>(centre_.shift_high(), centre_.shift_low(), &code, 1, quantiser_.size(), &dot);
        const wide_query& shift = centre_.rounded_shift();
        return f.low * shift.sum + f.step_size() * (shift.step * static_cast<float>(dot) + shift.offset * f.sum);
    }

    /// What a distance lacks if one of the two is centred and the other is not: the query moves by the shift, there or back.
    SEXTANT_COLD float across(const query& q, const std::byte* code, const factors& f) const noexcept {
        const float sign = q.centred ? 1.0f : -1.0f;
        centre_.await();
        float own = q.with_shift;
        if (q.stored != nullptr) {
            own = with_shift(q.stored, read(q.stored));
        } else if (!q.centred) {
            own = centre_.dot_shift(q.values, q.step / factor, q.offset / factor);
        }
        return weight * (2.0f * sign * own + centre_.rounded_shift().squared_norm) - factor * sign * with_shift(code, f);
    }

    Quantiser quantiser_;
    centre centre_;
    [[no_unique_address]] Metric metric_;
};

}  // namespace sextant::inline SEXTANT_ABI
