#pragma once

#include <sextant/sextant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>

namespace io_test {

/// CRC32C by its definition, a bit at a time.
inline std::uint32_t crc_of(std::string_view bytes) {
    std::uint32_t crc = 0xFFFF'FFFFu;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82F6'3B78u : 0u);
    }
    return ~crc;
}

/// The bytes of a file, taken apart by what docs/FILE_FORMAT.md says and not by the library.
struct file_image {
    enum section : std::size_t { names, options, codec, nodes, records, upper, cold, keys, section_count };

    std::string bytes;

    template <class T>
    T get(std::size_t at) const {
        T value;
        std::memcpy(&value, bytes.data() + at, sizeof(T));
        return value;
    }
    template <class T>
    void put(std::size_t at, T value) {
        std::memcpy(bytes.data() + at, &value, sizeof(T));
    }

    static std::size_t table(std::size_t s) { return 64 + 24 * s; }
    std::size_t offset(std::size_t s) const { return get<std::uint64_t>(table(s) + 8); }
    std::size_t size(std::size_t s) const { return get<std::uint64_t>(table(s) + 16); }

    void fix_header() {
        put<std::uint32_t>(24, 0);
        put(24, crc_of(std::string_view(bytes).substr(0, 64 + 24 * section_count)));
    }
    void fix(std::size_t s) { put(offset(s) + size(s), crc_of(std::string_view(bytes).substr(offset(s), size(s)))); }
    void fix_all() {
        for (std::size_t s = 0; s < section_count; ++s) fix(s);
        fix_header();
    }

    /// A copy with another number at a place in a section, its checksum put right.
    template <class T>
    file_image with(section s, std::size_t at, T value) const {
        file_image changed = *this;
        changed.put(offset(s) + at, value);
        changed.fix(s);
        return changed;
    }
};

template <class Index>
file_image saved(const Index& index) {
    std::ostringstream out;
    const auto written = sextant::save(index, out);
    if (!written) throw written.error();
    return {std::move(out).str()};
}

template <class Index, class... Metric>
sextant::file_result<Index> loaded(const file_image& file, Metric... metric) {
    std::istringstream in(file.bytes);
    return sextant::load<Index>(in, metric...);
}

}  // namespace io_test
