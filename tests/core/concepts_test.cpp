#include <sextant/core/concepts.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace concepts_test {

using sextant::hashable_key;
using sextant::key_filter;

using uuid = std::array<std::uint8_t, 16>;
struct hash_uuid {
    std::size_t operator()(const uuid& id) const { return id[0]; }
};
struct hash_by_reference {
    std::size_t operator()(std::string& key) const { return key.size(); }
};
struct no_equality {};

TEST(hashable_key, is_any_regular_type_with_a_hash) {
    static_assert(hashable_key<std::uint64_t, std::hash<std::uint64_t>>);
    static_assert(hashable_key<std::string, std::hash<std::string>>);
    static_assert(hashable_key<uuid, hash_uuid>);

    static_assert(!hashable_key<uuid, std::hash<uuid>>, "std::hash knows no arrays");
    static_assert(!hashable_key<std::unique_ptr<int>, std::hash<std::unique_ptr<int>>>, "keys are copied");
    static_assert(!hashable_key<std::string, hash_by_reference>, "a hash must take const keys");
    static_assert(!hashable_key<no_equality, std::hash<int>>);
}

TEST(key_filter, is_any_callable_that_decides_by_key) {
    const auto even = [](std::uint64_t key) { return key % 2 == 0; };
    const auto by_name = [](const std::string& key) { return !key.empty(); };
    static_assert(key_filter<decltype(even), std::uint64_t>);
    static_assert(key_filter<decltype(by_name), std::string>);
    static_assert(!key_filter<decltype(by_name), std::uint64_t>);
    static_assert(!key_filter<void (*)(std::uint64_t), std::uint64_t>, "a verdict is a bool");
}

}  // namespace concepts_test
