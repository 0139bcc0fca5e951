#pragma once

#include <sextant/codec/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

namespace archetypes {

/// Archetypes satisfy a concept and offer nothing else, so that an algorithm that asks for more does not compile. Each
/// deletes or leaves out what its concept does not name.

/// A coordinate without arithmetic.
struct coordinate {
    std::int32_t value;
};

/// The metric of the codec below: nothing but a type that can be handed over.
class city_block {
public:
    explicit city_block(int) {}
    city_block(city_block&&) = default;
    city_block(const city_block&) = delete;
    city_block& operator=(const city_block&) = delete;
};

/// Stores whole coordinates and compares them by the sum of their differences.
class codec {
public:
    using element = coordinate;
    using metric_type = city_block;
    static constexpr unsigned short max_dim = 100;

    /// Trivially copyable is all it has to be.
    class query {
    public:
        query() = delete;

    private:
        friend class codec;
        explicit query(const std::byte* code) : code_(code) {}

        const std::byte* code_;
    };

    explicit codec(std::size_t dim, city_block metric = city_block(0)) : dim_(dim), metric_(std::move(metric)) {}
    codec(const codec&) = delete;
    codec& operator=(const codec&) = delete;

    const city_block& metric() const { return metric_; }
    std::size_t dim() const { return dim_; }
    std::size_t length() const { return dim_; }
    std::size_t code_bytes() const { return dim_ * sizeof(coordinate); }
    std::size_t query_bytes() const { return code_bytes(); }

    sextant::refusal refuses(std::span<const coordinate>) const noexcept { return {}; }

    void encode(std::span<const coordinate> vector, std::byte* code) const {
        coordinate* const out = reinterpret_cast<coordinate*>(code);
        for (std::size_t i = 0; i < dim_; ++i) out[i] = vector[i];
    }

    void decode(const std::byte* code, std::span<coordinate> vector) const {
        for (std::size_t i = 0; i < dim_; ++i) vector[i] = reinterpret_cast<const coordinate*>(code)[i];
    }

    query prepare(std::span<const coordinate> vector, std::byte* bytes) const {
        encode(vector, bytes);
        return query(bytes);
    }

    query prepare_stored(const std::byte* code, std::byte*) const { return query(code); }

    void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const {
        const coordinate* const a = reinterpret_cast<const coordinate*>(q.code_);
        for (std::size_t row = 0; row < n; ++row) {
            const coordinate* const b = reinterpret_cast<const coordinate*>(codes[row]);
            std::int32_t sum = 0;
            for (std::size_t i = 0; i < dim_; ++i) sum += std::abs(a[i].value - b[i].value);
            out[row] = static_cast<float>(sum);
        }
    }

private:
    std::size_t dim_;
    city_block metric_;
};

static_assert(sextant::codec<codec>);

/// Told what a search does; copied, but nothing else.
class tracker {
public:
    explicit tracker(std::size_t& events) : events_(&events) {}
    tracker(const tracker&) = default;
    tracker& operator=(const tracker&) = delete;

    void distances(std::size_t n) const { *events_ += n; }
    void hop() const { ++*events_; }
    void stopped() const { ++*events_; }
    void scanned() const { ++*events_; }

private:
    std::size_t* events_;
};

/// What a predicate has to return at least: something that turns into a bool.
class verdict {
public:
    explicit verdict(bool yes) : yes_(yes) {}
    operator bool() const { return yes_; }

private:
    bool yes_;
};

/// A predicate on slots that can only be called.
class even_slots {
public:
    even_slots() = default;
    even_slots(const even_slots&) = delete;
    even_slots& operator=(const even_slots&) = delete;

    verdict operator()(std::uint32_t id) const { return verdict(id % 2 == 0); }
};

/// A key with nothing but what regular types have: no order, no output, no conversion.
class key {
public:
    key() = default;
    explicit key(std::uint64_t number) : number_(number) {}

    friend bool operator==(const key& a, const key& b) { return a.number_ == b.number_; }

private:
    friend class key_hash;
    std::uint64_t number_ = 0;
};

class key_hash {
public:
    unsigned short operator()(const key& k) const { return static_cast<unsigned short>(k.number_ * 7); }
};

/// Runs tasks, and that is all.
class executor {
public:
    executor() = default;
    executor(const executor&) = delete;
    executor& operator=(const executor&) = delete;

    unsigned char concurrency() { return 1; }

    template <class F>
    int run(std::size_t tasks, F f) {
        for (std::size_t i = 0; i < tasks; ++i) f(i);
        return 0;
    }
};

}  // namespace archetypes
