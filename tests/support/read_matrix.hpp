#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/matrix.hpp"

namespace support {

/// The value of a finite IEEE half. Scaling by 2^112 moves its exponent, subnormals included, to where floats
/// have theirs.
inline float half_to_float(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000u) << 16;
    const auto magnitude = std::bit_cast<float>((half & 0x7FFFu) << 13) * 0x1p112f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
}

/// The first `max_rows` rows of a file of the big-ann-benchmarks layout: n and d as little-endian uint32,
/// then n·d values of type Stored, each handed through `convert`.
template <class Stored, class T, class Convert>
matrix<T> read_rows(const std::filesystem::path& file, std::size_t max_rows, Convert convert) {
    std::ifstream in(file, std::ios::binary);
    std::uint32_t header[2] = {};
    in.read(reinterpret_cast<char*>(header), sizeof(header));
    matrix<T> result{.rows = std::min<std::size_t>(header[0], max_rows), .dim = header[1], .values = {}};
    std::vector<Stored> stored(result.rows * result.dim);
    in.read(reinterpret_cast<char*>(stored.data()),
            static_cast<std::streamsize>(stored.size() * sizeof(Stored)));
    if (!in) throw std::runtime_error("cannot read " + file.string());
    result.values.resize(stored.size());
    std::transform(stored.begin(), stored.end(), result.values.begin(), convert);
    return result;
}

/// Vectors of a u8bin or f16bin file as floats.
inline matrix<float> read_vectors(const std::filesystem::path& file,
                                  std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    if (file.extension() == ".u8bin") {
        return read_rows<std::uint8_t, float>(file, max_rows,
                                              [](std::uint8_t v) { return static_cast<float>(v); });
    }
    if (file.extension() == ".f16bin") return read_rows<std::uint16_t, float>(file, max_rows, half_to_float);
    throw std::runtime_error("neither u8bin nor f16bin: " + file.string());
}

/// Ids of an ibin file.
inline matrix<std::uint32_t> read_ids(const std::filesystem::path& file,
                                      std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    return read_rows<std::uint32_t, std::uint32_t>(file, max_rows, [](std::uint32_t id) { return id; });
}

}  // namespace support
