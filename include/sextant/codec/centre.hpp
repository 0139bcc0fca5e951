#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "../core/bytes.hpp"
#include "../core/matrix_view.hpp"
#include "float_check.hpp"
#include "wide_query.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The points from which vectors are counted before they are quantised: what is left is shorter, and a code's error grows
/// with its length.
///
/// The rule: vectors are counted from the mean of the data, once it is known. It is that of a sample if fit() is called before
/// anything is stored; else of the first 64 vectors that are observed. It is settled once. Vectors stored before that are
/// counted from the first vector that was observed, which is in the data's midst or near it, where zero can be far from all
/// of it. (Should it be unlike all others, those 62 are coded as badly as it is far from them; a sample helps.) A code says from
/// which of the two it is counted; so no stored code ever changes its meaning, and the two kinds can be compared, by the way
/// from the one point to the other (affine_codec::across).
///
/// Without an observed vector (fit() came first, nothing was ever observed, or the state is from a file of before there was a
/// first vector) those not counted from the mean are counted from zero. That stays so: a first vector is taken only as the
/// first of all.
///
/// Thread-safety: observe() and the reading functions may be called from any number of threads at once; fit() alone.
class centre {
public:
    static constexpr std::size_t wanted = 64;  // the mean of so many is off by an eighth of the data's spread

    centre(std::size_t dim, std::size_t size) noexcept : dim_(dim), size_(size) {}

    /// Whether the mean is.
    bool known() const noexcept { return mean_.load(std::memory_order_acquire) != nullptr; }

    /// Counts `scale` times a vector. May throw std::bad_alloc, and is then as before.
    template <class Quantiser>
    void observe(std::span<const float> vector, float scale, const Quantiser& q) {
        const std::scoped_lock lock(mutex_);
        if (owned_) return;
        if (count_ + 1 == wanted) {
            std::vector<double> sum(sum_);
            add(sum, vector, scale);
            settle(mean_of(sum, wanted, q), first_, q);
            std::vector<double>().swap(sum_);
            return;
        }
        if (count_ == 0) {
            std::vector<double> sum(dim_);
            std::vector<float> first(dim_);
            for (std::size_t i = 0; i < dim_; ++i) first[i] = vector[i] * scale;
            count_from(in_code_space(first, q));
            sum_.swap(sum);
        }
        add(sum_, vector, scale);
        ++count_;
    }

    /// Settles on the mean of the rows, each times scale_of(row). Rows: at least 1.
    template <class Scale, class Quantiser>
    void fit(matrix_view<float> rows, Scale&& scale_of, const Quantiser& q) {
        const std::scoped_lock lock(mutex_);
        if (owned_) return;
        std::vector<double> sum(dim_);
        for (std::size_t row = 0; row < rows.rows(); ++row) add(sum, rows[row], scale_of(rows[row]));
        settle(mean_of(sum, rows.rows(), q), first_, q);
        std::vector<double>().swap(sum_);
    }

    /// Returns when the mean is known to this thread. For one that has met a centred code: it is on its way.
    void await() const noexcept {
        while (!known()) SEXTANT_RELAX();
    }

    /// Adds `sign` times the point that vectors are counted from, the mean (which is known) if `centred`, to size() floats in
    /// code space.
    void add_origin(float* v, bool centred, float sign) const noexcept {
        const float* const origin = centred ? now().mean.data() : uncentred_origin_.load(std::memory_order_acquire);
        if (origin != nullptr) add_times(v, origin, sign);
    }

    /// The same with the shift: the way to the mean from the point that uncentred vectors are counted from. The mean is known.
    void add_shift(float* v, float sign) const noexcept { add_times(v, now().shift.data(), sign); }

    /// ⟨shift, v⟩ of a vector of bytes, v_i = offset + step · bytes_i.
    float dot_shift(const std::int8_t* bytes, float step, float offset) const noexcept {
        const float* const shift = now().shift.data();
        float result = 0.0f;
        for (std::size_t i = 0; i < size_; ++i) result += shift[i] * (offset + step * static_cast<float>(bytes[i]));
        return result;
    }

    /// The shift as a query of the packed kernels, in two planes.
    const wide_query& rounded_shift() const noexcept { return now().rounded; }
    const std::int8_t* shift_high() const noexcept { return now().planes.data(); }
    const std::int8_t* shift_low() const noexcept { return shift_high() + size_; }

    /// What it knows: how much it has seen, the first vector in code space, and the mean in code space or the sum so far.
    void write_state(byte_writer& out) const {
        const std::scoped_lock lock(mutex_);
        const std::size_t count = owned_ ? wanted : count_;
        out.put(static_cast<std::uint32_t>(count) | (first_.empty() ? 0u : first_follows));
        for (const float value : first_) out.put(value);
        if (owned_) {
            for (const float value : owned_->mean) out.put(value);
        } else {
            for (const double value : sum_) out.put(value);
        }
    }

    /// Takes over what write_state() wrote; false, and as before, if it cannot have been that. Before anything is stored.
    template <class Quantiser>
    bool read_state(byte_reader& in, const Quantiser& q) {
        const std::scoped_lock lock(mutex_);
        const auto field = in.get<std::uint32_t>();
        const std::uint32_t count = field & ~first_follows;
        if (count > wanted || field == first_follows) return false;
        std::vector<float> first;
        if (field != count && !read_point(in, q, first)) return false;
        std::vector<double> sum;
        if (count == wanted) {
            std::vector<float> mean;
            if (!read_point(in, q, mean)) return false;
            settle(std::move(mean), first, q);
        } else if (count > 0) {
            sum.resize(dim_);
            double squares = 0.0;
            for (double& value : sum) {
                value = in.get_double();
                squares += value * value;
            }
            const double most = static_cast<double>(count) * static_cast<double>(count) * double{longest_squared};
            if (!in.ok() || !(squares <= most)) return false;
        }
        if (!in.ok()) return false;
        if (!first.empty()) count_from(std::move(first));
        if (count < wanted) {
            sum_ = std::move(sum);
            count_ = count;
        }
        return true;
    }

    std::size_t heap_bytes() const noexcept {
        const bool has_first = uncentred_origin_.load(std::memory_order_acquire) != nullptr;
        return (has_first ? size_ * sizeof(float) : 0) + (known() ? sizeof(settled) + size_ * (2 * sizeof(float) + 2) : 0);
    }

private:
    /// Added to the count in a file where the first vector follows.
    static constexpr std::uint32_t first_follows = 256;

    /// No squared norm of a vector that a codec lets in, or ever did, is above half of it; so none of their mean is above it,
    /// however it is rounded.
    static constexpr float longest_squared = 0x1p116f;

    struct settled {
        std::vector<float> mean;          // in code space
        std::vector<float> shift;         // the mean, counted from where uncentred vectors are
        std::vector<std::int8_t> planes;  // the shift, rounded: the high bytes, then the low ones
        wide_query rounded;
    };

    const settled& now() const noexcept { return *mean_.load(std::memory_order_acquire); }

    static void add(std::vector<double>& sum, std::span<const float> vector, float scale) noexcept {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(vector[i] * scale);
    }

    void add_times(float* v, const float* w, float times) const noexcept {
        for (std::size_t i = 0; i < size_; ++i) v[i] += times * w[i];
    }

    template <class Quantiser>
    std::vector<float> in_code_space(const std::vector<float>& vector, const Quantiser& q) const {
        std::vector<float> result(size_);
        q.apply(vector.data(), result.data());
        return result;
    }

    template <class Quantiser>
    std::vector<float> mean_of(const std::vector<double>& sum, std::size_t count, const Quantiser& q) const {
        std::vector<float> mean(dim_);
        for (std::size_t i = 0; i < dim_; ++i) mean[i] = static_cast<float>(sum[i] / static_cast<double>(count));
        return in_code_space(mean, q);
    }

    /// Reads a vector in code space; false if it cannot be one.
    template <class Quantiser>
    bool read_point(byte_reader& in, const Quantiser& q, std::vector<float>& point) const {
        point.resize(size_);
        for (float& value : point) value = in.get_float();
        const auto padding = point.begin() + static_cast<std::ptrdiff_t>(q.coordinates());
        return in.ok() && !is_above(squared_norm(point), longest_squared) &&
               std::all_of(padding, point.end(), [](float v) { return v == 0.0f; });
    }

    void count_from(std::vector<float> first) noexcept {
        first_ = std::move(first);
        uncentred_origin_.store(first_.data(), std::memory_order_release);
    }

    /// May throw std::bad_alloc, and has then done nothing.
    template <class Quantiser>
    void settle(std::vector<float> mean, const std::vector<float>& first, const Quantiser& q) {
        auto fresh = std::make_unique<settled>();
        fresh->shift = mean;
        if (!first.empty()) add_times(fresh->shift.data(), first.data(), -1.0f);
        fresh->mean = std::move(mean);
        fresh->planes.resize(2 * size_);
        std::int8_t* const planes = fresh->planes.data();
        fresh->rounded = round_wide_query(fresh->shift.data(), q.coordinates(), size_, planes, planes + size_);
        owned_ = std::move(fresh);
        mean_.store(owned_.get(), std::memory_order_release);
    }

    std::size_t dim_;
    std::size_t size_;
    mutable std::mutex mutex_;
    std::vector<float> first_;  // in code space; empty if there is none
    std::vector<double> sum_;   // of the vectors observed, until the mean is settled
    std::size_t count_ = 0;
    std::unique_ptr<const settled> owned_;
    /// Both lead to what never changes again, and are stored with release and loaded with acquire, so that it is complete for
    /// whoever finds it. The first vector is there before the mean: who finds the latter finds the former as well.
    std::atomic<const float*> uncentred_origin_ = nullptr;
    std::atomic<const settled*> mean_ = nullptr;
};

}  // namespace sextant::inline SEXTANT_ABI
