#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <type_traits>

#include "io/support/file_image.hpp"

namespace io_test {

/// The keys that a valid file holds for its live nodes, by the page and not by the library.
template <class Key>
std::set<Key> keys_in(const file_image& file) {
    std::set<Key> keys;
    std::size_t at = file.offset(file_image::keys);
    for (std::size_t i = 0; i < file.size(file_image::nodes) / 12; ++i) {
        Key key{};
        if constexpr (std::is_same_v<Key, std::string>) {
            const auto length = file.get<std::uint32_t>(at);
            key = file.bytes.substr(at + 4, length);
            at += 4 + length;
        } else {
            key = file.get<Key>(at);
            at += sizeof(Key);
        }
        if (file.bytes[file.offset(file_image::nodes) + 12 * i + 10] == 3) keys.insert(key);
    }
    return keys;
}

/// Uses an index that came from a file in every way: nothing may crash, hang, or bring a key that is not in the file.
template <class Kind>
void exercise(typename Kind::index& index, const file_image& file, bool can_change = true) {
    using key = typename Kind::key;
    std::set<key> known = keys_in<key>(file);
    ASSERT_EQ(index.size(), known.size());
    if (index.dim() != Kind::dim) return;  // no data to ask it with; a file of another dimension that is right
    const auto points = Kind::points(12, 7, 3);
    const auto ask = [&] {
        for (std::size_t row = 0; row < points.rows; ++row) {
            float before = -std::numeric_limits<float>::infinity();
            for (const auto& hit : index.search(points[row], 10, {.ef = 20})) {
                ASSERT_TRUE(known.contains(hit.key));
                ASSERT_FALSE(std::isnan(hit.distance));
                ASSERT_GE(hit.distance, before);
                before = hit.distance;
            }
        }
        ASSERT_EQ(index.search_exact(points[0], known.size() + 1).size(), known.size());
        for (const key& k : known) {
            ASSERT_TRUE(index.contains(k));
            ASSERT_TRUE(index.get(k).has_value());
        }
    };
    ask();
    index.validate();
    if (!can_change) return;
    for (std::size_t i = 0; i < points.rows; ++i) {
        const key fresh = Kind::key_of(200 + i);
        ASSERT_EQ(index.insert(fresh, points[i]), known.insert(fresh).second);
    }
    ask();
    for (std::size_t i = 0; i < points.rows; i += 2) {
        const key fresh = Kind::key_of(200 + i);
        ASSERT_TRUE(index.erase(fresh));
        known.erase(fresh);
    }
    ask();
    index.repair();
    ASSERT_TRUE(index.validate().ok());
    ask();
}

}  // namespace io_test
