#include <sextant/memory/aligned_buffer.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "support/allocations.hpp"

namespace aligned_buffer_test {

TEST(aligned_buffer, begins_on_a_cache_line_and_has_room_for_what_was_asked) {
    sextant::aligned_buffer buffer;
    EXPECT_EQ(buffer.bytes(), 0u);
    for (const std::size_t bytes : {0u, 1u, 63u, 64u, 65u, 1000u, 5u, 100'000u}) {
        std::byte* const room = buffer.reserve(bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(room) % sextant::cache_line, 0u);
        EXPECT_EQ(buffer.data(), room);
        EXPECT_GE(buffer.bytes(), bytes);
        std::memset(room, 1, bytes);  // the address sanitizer sees whether there is room
    }
}

TEST(aligned_buffer, allocates_only_to_grow) {
    if (!support::operator_new_is_watched()) GTEST_SKIP();
    sextant::aligned_buffer buffer;
    std::byte* const room = buffer.reserve(1000);
    room[999] = std::byte{42};
    const std::size_t asked = support::allocations();
    for (const std::size_t bytes : {0u, 1u, 999u, 1000u}) EXPECT_EQ(buffer.reserve(bytes), room);
    EXPECT_EQ(support::allocations(), asked);
    EXPECT_EQ(room[999], std::byte{42});
    buffer.reserve(2000);
    EXPECT_EQ(support::allocations(), asked + 1);
}

}  // namespace aligned_buffer_test
