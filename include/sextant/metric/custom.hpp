#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "../core/concepts.hpp"
#include "../core/config.hpp"
#include "../core/type_name.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Any distance a program brings: `F` takes two spans of const floats of the index's dimension and returns their distance,
/// smaller is nearer, symmetric, never NaN. It is called from every thread that searches or inserts, so it must be
/// safe to call concurrently and must not throw.
///
/// Files can tell two metrics apart if F has a `static std::string name()`; all others are "custom" to them.
template <class F>
    requires std::is_invocable_r_v<float, const F&, std::span<const float>, std::span<const float>>
struct custom {
    F function = default_function();

    static std::string name() {
        if constexpr (named<F>) {
            return "custom:" + std::string(F::name());
        } else {
            return "custom";
        }
    }

    float operator()(std::span<const float> a, std::span<const float> b) const {
        return static_cast<float>(function(a, b));
    }

private:
    static constexpr F default_function() {
        static_assert(!nullable<F>, "a metric that may be null has to be given: null is no default");
        return F{};
    }
};

template <class F>
custom(F) -> custom<F>;

}  // namespace sextant::inline SEXTANT_ABI
