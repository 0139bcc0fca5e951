#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "../parallel/lease.hpp"
#include "affine.hpp"
#include "lvq_quantiser.hpp"
#include "wide_query.hpp"

namespace sextant::inline SEXTANT_ABI {

/// An affine code and, cold, a code of what it leaves over: the beam runs on the first, and both together are about as good
/// as a code of all their bits, so that re-ranking needs no floats. This is two-level LVQ where the quantiser is LVQ's.
///
/// Layout of the cold code: [packed residual][factors], in the code space of the first.
template <reducing_metric Metric, class Quantiser, unsigned ResidualBits>
class residual_codec : public affine_codec<Metric, Quantiser> {
    using base = affine_codec<Metric, Quantiser>;
    using residual_quantiser = lvq_quantiser<ResidualBits>;
    static constexpr unsigned bits = Quantiser::bits;

public:
    /// The query in 16 bits a coordinate, or the code's error would be less than the query's.
    struct fine_query {
        const std::int8_t* high;
        const std::int8_t* low;
        const float* values;  ///< in code space
        float add;
        float sum;
        float step;
        float offset;
        bool centred;  ///< counted from the mean
    };

    explicit residual_codec(std::size_t dim, Metric metric = {}) : base(dim, metric), residual_(this->coordinates()) {}

    std::size_t cold_bytes() const noexcept { return factors_at() + sizeof(factors); }
    std::size_t fine_query_bytes() const noexcept { return 2 * plane() + sizeof(float) * size(); }

    void encode_cold(std::span<const float> vector, const std::byte* code, std::byte* cold) const {
        const lease<codec_work> space;
        float* const left = space->floats(size());
        this->to_code_space(vector, left, this->is_centred(code), *space);
        float* const approximate = space->second(size());
        this->reconstruct(code, approximate);
        for (std::size_t i = 0; i < size(); ++i) left[i] -= approximate[i];
        std::uint8_t* const integers = space->integers(residual_.size());
        const affine_fit fit = residual_.quantise(left, integers);
        simd::packed<ResidualBits>::pack(integers, residual_.size(), cold);
        float squared_norm = 0.0f;
        for (std::size_t i = 0; i < this->coordinates(); ++i) {
            const float value = approximate[i] + fit.low + fit.step * static_cast<float>(integers[i]);
            squared_norm += value * value;
        }
        const factors f{this->own_part(squared_norm, vector), fit.low, fit.step, static_cast<float>(fit.sum)};
        std::memcpy(cold + factors_at(), &f, sizeof(f));
    }

    void decode_cold(const std::byte* code, const std::byte* cold, std::span<float> vector) const {
        const lease<codec_work> space;
        float* const values = space->floats(size());
        reconstruct_both(code, cold, values, space->integers(residual_.size()));
        this->from_code_space(code, values, vector, *space);
    }

    fine_query prepare_fine(std::span<const float> vector, std::byte* bytes) const {
        const auto values = reinterpret_cast<float*>(bytes);
        const auto high = reinterpret_cast<std::int8_t*>(bytes + sizeof(float) * size());
        const lease<codec_work> space;
        const bool centred = this->to_code_space(vector, values, true, *space);
        const wide_query rounded = round_wide_query(values, this->coordinates(), plane(), high, high + plane());
        return {high, high + plane(), values, this->query_part(rounded.squared_norm, vector), rounded.sum, rounded.step,
                rounded.offset, centred};
    }

    void fine_distances(const fine_query& q, const std::byte* const* codes, const std::byte* const* cold, std::size_t n,
                        float* out) const {
        std::array<double, simd::kernel_rows> coarse;
        std::array<double, simd::kernel_rows> left;
        wide_dots<bits>(q.high, q.low, codes, n, size(), coarse.data());
        wide_dots<ResidualBits>(q.high, q.low, cold, n, residual_.size(), left.data());
        for (std::size_t i = 0; i < n; ++i) {
            if (this->is_centred(codes[i]) != q.centred) [[unlikely]] {
                out[i] = across(q, codes[i], cold[i]);
                continue;
            }
            const auto c = this->read(codes[i]);
            const factors r = read_cold(cold[i]);
            const auto product = [&](float low, float step, float sum, double dot) {
                return low * q.sum + step * (static_cast<float>(static_cast<double>(q.step) * dot) + q.offset * sum);
            };
            out[i] = r.add + q.add - base::factor * (product(c.low, c.step_size(), c.sum, coarse[i]) +
                                                     product(r.low, r.step, r.sum, left[i]));
        }
    }

    bool valid_cold(const std::byte*, const std::byte* cold) const {
        const factors f = read_cold(cold);
        return f.step >= 0.0f && is_plausible_affine<ResidualBits>(cold, residual_.size(), this->coordinates(), f.low, f.step,
                                                                   f.sum, f.add);
    }

private:
    struct factors {
        float add;  ///< the vector's own part of the distance, of both codes together
        float low;
        float step;
        float sum;
    };

    std::size_t size() const noexcept { return this->code_size(); }
    /// Of a query: whichever of the two codes is padded further.
    std::size_t plane() const noexcept { return std::max(size(), residual_.size()); }
    std::size_t factors_at() const noexcept { return simd::packed<ResidualBits>::bytes(residual_.size()); }

    factors read_cold(const std::byte* cold) const noexcept {
        factors f;
        std::memcpy(&f, cold + factors_at(), sizeof(f));
        return f;
    }

    void reconstruct_both(const std::byte* code, const std::byte* cold, float* values, std::uint8_t* integers) const {
        this->reconstruct(code, values);
        const factors f = read_cold(cold);
        simd::packed<ResidualBits>::unpack(cold, residual_.size(), integers);
        for (std::size_t i = 0; i < this->coordinates(); ++i) values[i] += f.low + f.step * static_cast<float>(integers[i]);
    }

    /// Where one of the two is centred and the other is not; among the first vectors only.
    SEXTANT_COLD float across(const fine_query& q, const std::byte* code, const std::byte* cold) const {
        const lease<codec_work> space;
        float* const values = space->floats(size());
        reconstruct_both(code, cold, values, space->integers(residual_.size()));
        const float own = read_cold(cold).add - base::weight * squared_norm_of(values);
        this->recount(values, q.centred);
        const float norms = own + base::weight * squared_norm_of(values) + q.add;
        return norms - base::factor * simd::reduce<simd::product>(q.values, values, this->coordinates());
    }

    float squared_norm_of(const float* values) const noexcept {
        return simd::reduce<simd::product>(values, values, this->coordinates());
    }

    residual_quantiser residual_;
};

}  // namespace sextant::inline SEXTANT_ABI
