#pragma once

#include <sextant/codec/learning.hpp>
#include <sextant/codec/reranking.hpp>
#include <sextant/codec/stored_state.hpp>
#include <sextant/codec/tags.hpp>
#include <sextant/core/bytes.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace codec_test {

/// A prepared query: writes the distances to n codes. The cold codes count for a fine one only.
using any_query = std::function<void(const std::byte* const* codes, const std::byte* const* cold, std::size_t n, float* out)>;

/// A codec of floats behind virtual functions: what is tested of all of them is compiled once, not for each of fifty types.
class any_codec {
public:
    virtual ~any_codec() = default;

    virtual std::size_t dim() const = 0;
    virtual std::size_t length() const = 0;
    virtual std::size_t code_bytes() const = 0;
    virtual std::size_t query_bytes() const = 0;
    virtual void check(std::span<const float> vector) const = 0;
    virtual void encode(std::span<const float> vector, std::byte* code) const = 0;
    virtual void decode(const std::byte* code, std::span<float> vector) const = 0;
    virtual void prepare(std::span<const float> vector, std::byte* bytes) const = 0;
    virtual void prepare_stored(const std::byte* code, std::byte* bytes) const = 0;
    virtual float reported(float distance) const = 0;
    virtual std::size_t heap_bytes() const = 0;

    /// Distances from a query prepared from the vector, or from the stored code, in `bytes`.
    virtual void distances(std::span<const float> vector, std::byte* bytes, const std::byte* const* codes, std::size_t n,
                           float* out) const = 0;
    virtual void distances_of_stored(const std::byte* code, std::byte* bytes, const std::byte* const* codes, std::size_t n,
                                     float* out) const = 0;

    /// Queries to be used later, as long as `bytes` and the codec are there.
    virtual any_query query(std::span<const float> vector, std::byte* bytes) const = 0;
    virtual any_query query_of_stored(const std::byte* code, std::byte* bytes) const = 0;
    virtual any_query fine_query(std::span<const float> vector, std::byte* bytes) const = 0;

    virtual bool reranks() const = 0;
    virtual std::size_t cold_bytes() const = 0;
    virtual std::size_t fine_query_bytes() const = 0;
    virtual void encode_cold(std::span<const float> vector, const std::byte* code, std::byte* cold) const = 0;
    virtual void decode_cold(const std::byte* code, const std::byte* cold, std::span<float> vector) const = 0;
    virtual void prepare_fine(std::span<const float> vector, std::byte* bytes) const = 0;
    virtual void fine_distances(std::span<const float> vector, std::byte* bytes, const std::byte* const* codes,
                                const std::byte* const* cold, std::size_t n, float* out) const = 0;

    virtual bool learns() const = 0;
    virtual bool settled() const = 0;
    virtual void observe(std::span<const float> vector) = 0;
    virtual void fit(sextant::matrix_view<float> rows) = 0;

    /// What a file keeps of it, and the way back; whether a file may hold such codes.
    virtual std::vector<std::byte> state() const = 0;
    virtual bool take_state(std::span<const std::byte> bytes) = 0;
    virtual bool valid(const std::byte* code, const std::byte* cold) const = 0;
};

template <sextant::codec Codec>
    requires std::same_as<typename Codec::element, float>
class one_codec final : public any_codec {
    static constexpr bool has_fine = sextant::reranking_codec<Codec>;

public:
    explicit one_codec(std::size_t dim) : codec_(dim) {}

    std::size_t dim() const override { return codec_.dim(); }
    std::size_t length() const override { return codec_.length(); }
    std::size_t code_bytes() const override { return codec_.code_bytes(); }
    std::size_t query_bytes() const override { return codec_.query_bytes(); }
    void check(std::span<const float> vector) const override { sextant::check(codec_, vector); }
    void encode(std::span<const float> vector, std::byte* code) const override { codec_.encode(vector, code); }
    void decode(const std::byte* code, std::span<float> vector) const override { codec_.decode(code, vector); }
    void prepare(std::span<const float> vector, std::byte* bytes) const override { codec_.prepare(vector, bytes); }
    void prepare_stored(const std::byte* code, std::byte* bytes) const override { codec_.prepare_stored(code, bytes); }
    float reported(float distance) const override { return sextant::reported(codec_, distance); }
    std::size_t heap_bytes() const override { return sextant::heap_bytes(codec_); }

    void distances(std::span<const float> vector, std::byte* bytes, const std::byte* const* codes, std::size_t n,
                   float* out) const override {
        exact_distances(codec_, codec_.prepare(vector, bytes), codes, n, out);
    }
    void distances_of_stored(const std::byte* code, std::byte* bytes, const std::byte* const* codes, std::size_t n,
                             float* out) const override {
        exact_distances(codec_, codec_.prepare_stored(code, bytes), codes, n, out);
    }

    any_query query(std::span<const float> vector, std::byte* bytes) const override {
        return coarse(codec_.prepare(vector, bytes));
    }
    any_query query_of_stored(const std::byte* code, std::byte* bytes) const override {
        return coarse(codec_.prepare_stored(code, bytes));
    }
    any_query fine_query(std::span<const float> vector, std::byte* bytes) const override {
        if constexpr (has_fine) {
            return [this, q = codec_.prepare_fine(vector, bytes)](const std::byte* const* codes, const std::byte* const* cold,
                                                                  std::size_t n, float* out) {
                codec_.fine_distances(q, codes, cold, n, out);
            };
        }
        return {};
    }

    bool reranks() const override { return has_fine; }
    std::size_t cold_bytes() const override { return sextant::cold_bytes(codec_); }
    std::size_t fine_query_bytes() const override {
        if constexpr (has_fine) return codec_.fine_query_bytes();
        return 0;
    }
    void encode_cold(std::span<const float> vector, const std::byte* code, std::byte* cold) const override {
        if constexpr (has_fine) codec_.encode_cold(vector, code, cold);
    }
    void decode_cold(const std::byte* code, const std::byte* cold, std::span<float> vector) const override {
        if constexpr (has_fine) codec_.decode_cold(code, cold, vector);
    }
    void prepare_fine(std::span<const float> vector, std::byte* bytes) const override {
        if constexpr (has_fine) codec_.prepare_fine(vector, bytes);
    }
    void fine_distances(std::span<const float> vector, std::byte* bytes, const std::byte* const* codes,
                        const std::byte* const* cold, std::size_t n, float* out) const override {
        if constexpr (has_fine) codec_.fine_distances(codec_.prepare_fine(vector, bytes), codes, cold, n, out);
    }

    bool learns() const override { return sextant::learning<Codec>; }
    bool settled() const override { return sextant::settled(codec_); }
    void observe(std::span<const float> vector) override {
        if constexpr (sextant::learning<Codec>) codec_.observe(vector);
    }
    void fit(sextant::matrix_view<float> rows) override {
        if constexpr (sextant::learning<Codec>) codec_.fit(rows);
    }

    std::vector<std::byte> state() const override {
        sextant::byte_writer out;
        sextant::write_state(codec_, out);
        return {out.bytes().begin(), out.bytes().end()};
    }
    bool take_state(std::span<const std::byte> bytes) override {
        sextant::byte_reader in(bytes);
        return sextant::read_state(codec_, in) && in.finished();
    }
    bool valid(const std::byte* code, const std::byte* cold) const override {
        if constexpr (has_fine) {
            if (!codec_.valid_cold(code, cold)) return false;
        }
        return codec_.valid_code(code);
    }

private:
    any_query coarse(const typename Codec::query& q) const {
        return [this, q](const std::byte* const* codes, const std::byte* const*, std::size_t n, float* out) {
            exact_distances(codec_, q, codes, n, out);
        };
    }

    Codec codec_;
};

enum class metric_kind { l2, inner_product, cosine };
enum class coding { none, f32, f16, bf16, u8, i8, lvq, rabitq };

/// How one kind of code stores a vector.
struct code_kind {
    coding form = coding::none;
    unsigned bits = 0;
};

/// A codec and what a test has to know about it.
struct codec_case {
    std::string name;
    metric_kind metric;
    code_kind code;
    code_kind cold;      ///< if it re-ranks: how good the two codes are together
    std::unique_ptr<any_codec> (*make)(std::size_t dim);
};

template <class Tag, class Metric>
codec_case make_case(const std::string& name, metric_kind metric, code_kind code, code_kind cold) {
    return {name, metric, code, cold, [](std::size_t dim) -> std::unique_ptr<any_codec> {
                return std::make_unique<one_codec<sextant::codec_for<Tag, Metric>>>(dim);
            }};
}

/// The codec of every metric that Tag has.
template <class Tag>
void add_cases(std::vector<codec_case>& cases, const std::string& name, code_kind code, code_kind cold = {}) {
    cases.push_back(make_case<Tag, sextant::l2>(name + "_l2", metric_kind::l2, code, cold));
    cases.push_back(
        make_case<Tag, sextant::inner_product>(name + "_inner_product", metric_kind::inner_product, code, cold));
    cases.push_back(make_case<Tag, sextant::cosine>(name + "_cosine", metric_kind::cosine, code, cold));
}

// One file each, so that they compile side by side.
void add_plain_codecs(std::vector<codec_case>& cases);
void add_lvq_codecs(std::vector<codec_case>& cases);
void add_rabitq_codecs_of_few_bits(std::vector<codec_case>& cases);
void add_rabitq_codecs_of_many_bits(std::vector<codec_case>& cases);
void add_exact_rabitq_codecs(std::vector<codec_case>& cases);
void add_reranking_codecs(std::vector<codec_case>& cases);

inline std::vector<codec_case> every_codec() {
    std::vector<codec_case> cases;
    add_plain_codecs(cases);
    add_lvq_codecs(cases);
    add_rabitq_codecs_of_few_bits(cases);
    add_rabitq_codecs_of_many_bits(cases);
    add_exact_rabitq_codecs(cases);
    add_reranking_codecs(cases);
    return cases;
}

}  // namespace codec_test
