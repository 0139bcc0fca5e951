#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>

#include "concepts.hpp"
#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

template <class Signature>
class function_ref;

/// A reference to something callable: two words, no allocation, no ownership. It may be empty, and is so if what it is made
/// of is null. A lambda written in the call that takes the function_ref outlives that call; one that is kept longer must be
/// kept by the caller. Of a pointer to a function nothing needs to be kept: it refers to the function.
template <class Result, class... Args>
class function_ref<Result(Args...)> {
public:
    constexpr function_ref() noexcept = default;
    constexpr function_ref(std::nullptr_t) noexcept {}

    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, function_ref> &&
                 !std::is_same_v<std::remove_cvref_t<F>, std::nullptr_t> && std::is_invocable_r_v<Result, F&, Args...>)
    constexpr function_ref(F&& callable) noexcept {  // NOLINT: implicit by design, as std::function_ref is
        using Callable = std::remove_reference_t<F>;
        using Function = std::remove_pointer_t<Callable>;
        if constexpr (nullable<Callable>) {
            if (callable == nullptr) return;
        }
        if constexpr (std::is_function_v<Function>) {
            Function* const function = callable;
            target_.function = reinterpret_cast<void (*)()>(function);
            call_ = [](target t, Args... args) -> Result {
                return std::invoke(reinterpret_cast<Function*>(t.function), static_cast<Args&&>(args)...);
            };
        } else {
            target_.object = const_cast<void*>(static_cast<const void*>(std::addressof(callable)));
            call_ = [](target t, Args... args) -> Result {
                return static_cast<Result>(
                    std::invoke(*static_cast<Callable*>(t.object), static_cast<Args&&>(args)...));
            };
        }
    }

    constexpr explicit operator bool() const noexcept { return call_ != nullptr; }

    Result operator()(Args... args) const { return call_(target_, static_cast<Args&&>(args)...); }

private:
    union target {
        void* object;
        void (*function)();
    };

    target target_{};
    Result (*call_)(target, Args...) = nullptr;
};

/// Decides which keys a search may return. It is called on every node that could be an answer: keep it cheap.
template <class Key>
using predicate_ref = function_ref<bool(const Key&)>;

/// Told `(done, total)` vectors as long work advances.
using progress_ref = function_ref<void(std::size_t, std::size_t)>;

}  // namespace sextant::inline SEXTANT_ABI
