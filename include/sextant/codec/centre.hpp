#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "../core/bytes.hpp"
#include "../core/matrix_view.hpp"
#include "../simd/dot.hpp"
#include "wide_query.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The mean of the data, from which vectors are counted before they are quantised: what is left is shorter, and a code's
/// error grows with its length.
///
/// The rule: the mean is that of a sample if fit() is called before anything is stored; else of the first 64 vectors that
/// are observed. It is settled once. Vectors stored before that stay uncentred, and say so; so no stored code ever
/// changes its meaning, and the two kinds can be compared (affine_codec::across).
///
/// Thread-safety: observe() and the reading functions may be called from any number of threads at once; fit() alone.
class centre {
public:
    static constexpr std::size_t wanted = 64;  // the mean of so many is off by an eighth of the data's spread

    centre(std::size_t dim, std::size_t size) noexcept : dim_(dim), size_(size) {}

    bool known() const noexcept { return mean_.load(std::memory_order_acquire) != nullptr; }

    /// Counts `scale` times a vector. May throw std::bad_alloc, and is then as before.
    template <class Quantiser>
    void observe(std::span<const float> vector, float scale, const Quantiser& q) {
        const std::scoped_lock lock(mutex_);
        if (owned_) return;
        if (sum_.empty()) sum_.resize(dim_);
        if (count_ + 1 == wanted) {
            std::vector<double> sum(sum_);
            add(sum, vector, scale);
            settle(sum, wanted, q);
            std::vector<double>().swap(sum_);
            return;
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
        settle(sum, rows.rows(), q);
        std::vector<double>().swap(sum_);
    }

    /// Returns when the mean is known to this thread. For one that has met a centred code: it is on its way.
    void await() const noexcept {
        while (!known()) SEXTANT_RELAX();
    }

    /// Adds `sign` times the mean, which is known, to size() floats in code space.
    void add_to(float* v, float sign) const noexcept {
        const float* const mean = values();
        for (std::size_t i = 0; i < size_; ++i) v[i] += sign * mean[i];
    }

    /// ⟨mean, v⟩.
    float dot(const float* v) const noexcept { return simd::reduce<simd::product>(values(), v, size_); }

    /// ⟨mean, v⟩ of a vector of bytes, v_i = offset + step · bytes_i.
    float dot(const std::int8_t* bytes, float step, float offset) const noexcept {
        const float* const mean = values();
        float result = 0.0f;
        for (std::size_t i = 0; i < size_; ++i) result += mean[i] * (offset + step * static_cast<float>(bytes[i]));
        return result;
    }

    /// The mean as a query of the packed kernels, in two planes.
    const wide_query& rounded() const noexcept { return mean_.load(std::memory_order_acquire)->rounded; }
    const std::int8_t* high() const noexcept { return mean_.load(std::memory_order_acquire)->planes.data(); }
    const std::int8_t* low() const noexcept { return high() + size_; }

    /// What it knows: the mean in code space, or the sum of what it has seen so far.
    void write_state(byte_writer& out) const {
        const std::scoped_lock lock(mutex_);
        out.put(static_cast<std::uint32_t>(owned_ ? wanted : count_));
        if (owned_) {
            for (const float value : owned_->values) out.put(value);
        } else if (count_ > 0) {
            for (const double value : sum_) out.put(value);
        }
    }

    /// Takes over what write_state() wrote; false, and as before, if it cannot have been that. Before anything is stored.
    template <class Quantiser>
    bool read_state(byte_reader& in, const Quantiser& q) {
        const std::scoped_lock lock(mutex_);
        const std::size_t count = in.get<std::uint32_t>();
        if (count > wanted) return false;
        if (count == 0) return in.ok();
        if (count < wanted) {
            std::vector<double> sum(dim_);
            for (double& value : sum) value = in.get_double();
            const auto within = [&](double v) { return std::abs(v) <= 0x1p64 * static_cast<double>(count); };
            if (!in.ok() || !std::all_of(sum.begin(), sum.end(), within)) return false;
            sum_ = std::move(sum);
            count_ = count;
            return true;
        }
        auto fresh = std::make_unique<settled>();
        fresh->values.resize(size_);
        for (float& value : fresh->values) value = in.get_float();
        const float squared_norm = simd::reduce<simd::product>(fresh->values.data(), fresh->values.data(), size_);
        const auto is_zero = [](float v) { return v == 0.0f; };
        const auto padding = fresh->values.begin() + static_cast<std::ptrdiff_t>(q.coordinates());
        if (!in.ok() || !(squared_norm <= 0x1p116f) || !std::all_of(padding, fresh->values.end(), is_zero)) return false;
        settle(std::move(fresh), q);
        return true;
    }

    std::size_t heap_bytes() const noexcept {
        return known() ? sizeof(settled) + size_ * (sizeof(float) + 2) : 0;
    }

private:
    struct settled {
        std::vector<float> values;        // in code space
        std::vector<std::int8_t> planes;  // these, rounded: the high bytes, then the low ones
        wide_query rounded;
    };

    const float* values() const noexcept { return mean_.load(std::memory_order_acquire)->values.data(); }

    static void add(std::vector<double>& sum, std::span<const float> vector, float scale) noexcept {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(vector[i] * scale);
    }

    template <class Quantiser>
    void settle(const std::vector<double>& sum, std::size_t count, const Quantiser& q) {
        std::vector<float> mean(dim_);
        for (std::size_t i = 0; i < dim_; ++i) mean[i] = static_cast<float>(sum[i] / static_cast<double>(count));
        auto fresh = std::make_unique<settled>();
        fresh->values.resize(size_);
        q.apply(mean.data(), fresh->values.data());
        settle(std::move(fresh), q);
    }

    template <class Quantiser>
    void settle(std::unique_ptr<settled> fresh, const Quantiser& q) {
        fresh->planes.resize(2 * size_);
        std::int8_t* const planes = fresh->planes.data();
        fresh->rounded = round_wide_query(fresh->values.data(), q.coordinates(), size_, planes, planes + size_);
        owned_ = std::move(fresh);
        mean_.store(owned_.get(), std::memory_order_release);
    }

    std::size_t dim_;
    std::size_t size_;
    mutable std::mutex mutex_;
    std::vector<double> sum_;  // of the vectors observed, until the mean is settled
    std::size_t count_ = 0;
    std::unique_ptr<const settled> owned_;
    std::atomic<const settled*> mean_ = nullptr;
};

}  // namespace sextant::inline SEXTANT_ABI
