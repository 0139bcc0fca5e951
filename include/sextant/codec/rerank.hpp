#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>

#include "../core/error.hpp"
#include "../core/matrix_view.hpp"
#include "codec.hpp"
#include "learning.hpp"
#include "reranking.hpp"
#include "stored_state.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Two codes of each vector: a small one, which the beam compares, and a faithful one that is kept apart and asked about the
/// best candidates only. Where the beam waits for memory, most of what it reads is then the small code.
template <codec Coarse, codec Fine>
    requires std::same_as<typename Coarse::element, typename Fine::element> &&
             std::same_as<typename Coarse::metric_type, typename Fine::metric_type>
class rerank_codec {
    static_assert(!reranking_codec<Coarse> && !reranking_codec<Fine>, "rerank<> takes two codecs of one code each");

public:
    using element = typename Coarse::element;
    using metric_type = typename Coarse::metric_type;
    using query = typename Coarse::query;
    using fine_query = typename Fine::query;
    static constexpr std::size_t max_dim = std::min<std::size_t>(Coarse::max_dim, Fine::max_dim);

    explicit rerank_codec(std::size_t dim, metric_type metric = {}) : coarse_(dim, metric), fine_(dim, metric) {}

    const metric_type& metric() const noexcept { return fine_.metric(); }
    std::size_t dim() const noexcept { return fine_.dim(); }
    std::size_t length() const noexcept { return fine_.length(); }

    refusal refuses(std::span<const element> vector) const noexcept {
        if (const refusal why = coarse_.refuses(vector)) return why;
        return fine_.refuses(vector);
    }

    std::size_t code_bytes() const noexcept { return coarse_.code_bytes(); }
    std::size_t query_bytes() const noexcept { return coarse_.query_bytes(); }
    void encode(std::span<const element> vector, std::byte* code) const { coarse_.encode(vector, code); }
    void decode(const std::byte* code, std::span<element> vector) const { coarse_.decode(code, vector); }
    query prepare(std::span<const element> vector, std::byte* bytes) const { return coarse_.prepare(vector, bytes); }
    query prepare_stored(const std::byte* code, std::byte* bytes) const noexcept {
        return coarse_.prepare_stored(code, bytes);
    }
    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        coarse_.distances(q, codes, n, out);
    }

    std::size_t cold_bytes() const noexcept { return fine_.code_bytes(); }
    std::size_t fine_query_bytes() const noexcept { return fine_.query_bytes(); }
    void encode_cold(std::span<const element> vector, const std::byte*, std::byte* cold) const { fine_.encode(vector, cold); }
    void decode_cold(const std::byte*, const std::byte* cold, std::span<element> vector) const { fine_.decode(cold, vector); }
    fine_query prepare_fine(std::span<const element> vector, std::byte* bytes) const { return fine_.prepare(vector, bytes); }
    SEXTANT_INLINE void fine_distances(const fine_query& q, const std::byte* const*, const std::byte* const* cold,
                                       std::size_t n, float* out) const {
        exact_distances(fine_, q, cold, n, out);
    }

    void write_state(byte_writer& out) const {
        sextant::write_state(coarse_, out);
        sextant::write_state(fine_, out);
    }
    bool read_state(byte_reader& in) { return sextant::read_state(coarse_, in) && sextant::read_state(fine_, in); }
    bool valid_code(const std::byte* code) const { return coarse_.valid_code(code); }
    bool valid_cold(const std::byte*, const std::byte* cold) const { return fine_.valid_code(cold); }

    float reported(float distance) const noexcept { return sextant::reported(fine_, distance); }

    void observe(std::span<const element> vector)
        requires learning<Coarse> || learning<Fine>
    {
        if constexpr (learning<Coarse>) coarse_.observe(vector);
        if constexpr (learning<Fine>) fine_.observe(vector);
    }
    void fit(matrix_view<element> sample)
        requires learning<Coarse> || learning<Fine>
    {
        if constexpr (learning<Coarse>) coarse_.fit(sample);
        if constexpr (learning<Fine>) fine_.fit(sample);
    }
    bool settled() const noexcept
        requires learning<Coarse> || learning<Fine>
    {
        return sextant::settled(coarse_) && sextant::settled(fine_);
    }

    std::size_t heap_bytes() const noexcept { return sextant::heap_bytes(coarse_) + sextant::heap_bytes(fine_); }

private:
    Coarse coarse_;
    Fine fine_;
};

}  // namespace sextant::inline SEXTANT_ABI
