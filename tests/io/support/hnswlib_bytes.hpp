#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace support {

using bytes = std::vector<std::byte>;

inline bytes read_bytes(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    bytes all;
    for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) all.push_back(static_cast<std::byte>(*at));
    return all;
}

/// A file that Debian's hnswlib 0.6.2 wrote: 48 vectors of 3 small whole numbers (grid_points(48, 3, 401, 8)), L2, M 3,
/// ef_construction 30, room for 60, the labels 1000 + 7 · row, of which rows 3, 11, 12, 30 and 47 were deleted.
inline bytes golden_hnswlib() {
    return read_bytes(std::filesystem::path(__FILE__).parent_path() / "../../golden/hnswlib-0.6.2-l2-3.bin");
}

/// Where things lie in such a file.
struct hnswlib_layout {
    static constexpr std::size_t header = 96;
    static constexpr std::size_t degree = 3;
    static constexpr std::size_t dim = 3;
    static constexpr std::size_t count = 48;
    static constexpr std::size_t vector_in_record = 4 + 2 * degree * 4;
    static constexpr std::size_t label_in_record = vector_in_record + dim * 4;
    static constexpr std::size_t record = label_in_record + 8;

    static constexpr std::size_t record_of(std::size_t number) { return header + number * record; }
    static constexpr std::size_t vector_of(std::size_t number) { return record_of(number) + vector_in_record; }
    static constexpr std::size_t label_of(std::size_t number) { return record_of(number) + label_in_record; }
};

template <class T>
T peek(const bytes& from, std::size_t at) {
    T value;
    std::memcpy(&value, from.data() + at, sizeof(value));
    return value;
}

template <class T>
void poke(bytes& to, std::size_t at, T value) {
    std::memcpy(to.data() + at, &value, sizeof(value));
}

}  // namespace support
