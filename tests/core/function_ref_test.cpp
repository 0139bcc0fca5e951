#include <sextant/core/function_ref.hpp>

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace function_ref_test {

using sextant::function_ref;

int twice(int x) { return 2 * x; }
int thrice(int x) noexcept { return 3 * x; }

struct knows_const {
    std::string operator()() { return "mutable"; }
    std::string operator()() const { return "const"; }
};

struct point {
    int x;
    int get() const { return x; }
};

int call_with_five(function_ref<int(int)> f) { return f(5); }

TEST(function_ref, calls_the_lambda_it_refers_to_and_copies_nothing) {
    int calls = 0;
    auto count = [calls]() mutable { return ++calls; };
    const function_ref<int()> f = count;
    EXPECT_EQ(f(), 1);
    EXPECT_EQ(f(), 2);
    EXPECT_EQ(count(), 3) << "the reference must have advanced the lambda itself";
    EXPECT_EQ(f(), 4);
}

TEST(function_ref, refers_to_what_cannot_be_copied_or_moved) {
    struct immovable {
        immovable() = default;
        immovable(const immovable&) = delete;
        int operator()(int x) const { return x + 1; }
    };
    const immovable add_one;
    const function_ref<int(int)> f = add_one;
    EXPECT_EQ(f(1), 2);
}

TEST(function_ref, calls_functions) {
    const function_ref<int(int)> f = twice;
    EXPECT_EQ(f(4), 8);
    const function_ref<int(int)> g = thrice;
    EXPECT_EQ(g(4), 12);
    auto* const pointer = &twice;
    const function_ref<int(int)> h = pointer;
    EXPECT_EQ(h(4), 8);
}

TEST(function_ref, refers_to_the_function_that_a_pointer_points_to) {
    auto* pointer = &twice;
    const function_ref<int(int)> f = pointer;
    pointer = nullptr;
    EXPECT_EQ(f(4), 8);
}

TEST(function_ref, calls_a_member_on_its_argument) {
    const auto get = &point::get;
    const function_ref<int(const point&)> f = get;
    EXPECT_EQ(f(point{7}), 7);
}

TEST(function_ref, keeps_the_constness_of_the_callable) {
    knows_const callable;
    EXPECT_EQ(function_ref<std::string()>(callable)(), "mutable");
    EXPECT_EQ(function_ref<std::string()>(std::as_const(callable))(), "const");
}

TEST(function_ref, a_lambda_written_in_the_call_lives_until_the_call_returns) {
    const std::array<int, 64> addends = [] {
        std::array<int, 64> values{};
        for (int i = 0; i < 64; ++i) values[static_cast<std::size_t>(i)] = i;
        return values;
    }();
    EXPECT_EQ(call_with_five([addends](int x) { return x + addends[63]; }), 68);
}

TEST(function_ref, is_empty_by_default_and_from_nullptr) {
    constexpr function_ref<void()> nothing;
    static_assert(!nothing);
    constexpr function_ref<void()> null = nullptr;
    static_assert(!null);
    void (*function)() = nullptr;
    EXPECT_FALSE(function_ref<void()>(function));
    int (point::*member)() const = nullptr;
    EXPECT_FALSE(function_ref<int(const point&)>(member));
    const std::function<void()> unset;
    EXPECT_FALSE(function_ref<void()>(unset));
    const auto something = [] {};
    EXPECT_TRUE(function_ref<void()>(something));
}

TEST(function_ref, a_copy_refers_to_the_callable_and_not_to_the_reference) {
    const auto one = [] { return 1; };
    const auto two = [] { return 2; };
    function_ref<int()> original = one;
    const function_ref<int()> copy = original;
    original = two;
    EXPECT_EQ(copy(), 1);
    EXPECT_EQ(original(), 2);
}

TEST(function_ref, hands_arguments_through_unchanged) {
    const auto take = [](std::unique_ptr<int> p, int& out) { out = *p; };
    const function_ref<void(std::unique_ptr<int>, int&)> f = take;
    int out = 0;
    f(std::make_unique<int>(9), out);
    EXPECT_EQ(out, 9);

    std::string name = "violin";
    const auto identity = [](const std::string& s) -> const std::string& { return s; };
    const function_ref<const std::string&(const std::string&)> g = identity;
    EXPECT_EQ(&g(name), &name);
}

TEST(function_ref, converts_or_drops_the_result) {
    const auto seven = [] { return 7; };
    EXPECT_EQ(function_ref<long()>(seven)(), 7L);
    EXPECT_TRUE(function_ref<bool()>(seven)());
    int calls = 0;
    const auto count = [&] { return ++calls; };
    function_ref<void()>{count}();
    EXPECT_EQ(calls, 1);
}

TEST(function_ref, accepts_only_what_can_be_called_with_its_signature) {
    static_assert(std::is_constructible_v<function_ref<int(int)>, int (&)(int)>);
    static_assert(!std::is_constructible_v<function_ref<int(std::string)>, int (&)(int)>);
    static_assert(!std::is_constructible_v<function_ref<std::string(int)>, int (&)(int)>);
    static_assert(!std::is_constructible_v<function_ref<int(int)>, int>);
    static_assert(!std::is_constructible_v<sextant::predicate_ref<int>, std::string (&)(int)>);
    static_assert(sizeof(function_ref<int(int)>) == 2 * sizeof(void*));
    static_assert(std::is_trivially_copyable_v<function_ref<int(int)>>);
}

}  // namespace function_ref_test
