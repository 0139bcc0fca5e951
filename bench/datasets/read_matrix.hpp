#pragma once

#include "datasets/half.hpp"
#include "datasets/matrix.hpp"
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

/// Readers for the two families of vector files in common use, told apart by the file's extension:
///   fvecs bvecs ivecs            each row: int32 d, then d values (corpus-texmex)
///   fbin f16bin u8bin i8bin ibin one header: uint32 n, uint32 d, then n * d values (big-ann-benchmarks)
namespace bench {

static_assert(std::endian::native == std::endian::little, "the files are little-endian and read as they are");

enum class element { f32, f16, u8, i8, i32 };

struct file_format {
    element type;
    std::size_t bytes; ///< per value
    bool row_headers;  ///< the vecs family
};

inline file_format format_of(const std::filesystem::path& path) {
    struct entry {
        std::string_view extension;
        file_format format;
    };
    static constexpr entry entries[] = {
        {".fvecs", {element::f32, 4, true}},   {".bvecs", {element::u8, 1, true}},
        {".ivecs", {element::i32, 4, true}},   {".fbin", {element::f32, 4, false}},
        {".f16bin", {element::f16, 2, false}}, {".u8bin", {element::u8, 1, false}},
        {".i8bin", {element::i8, 1, false}},   {".ibin", {element::i32, 4, false}},
    };
    const std::string extension = path.extension().string();
    for (const entry& known : entries) {
        if (extension == known.extension) {
            return known.format;
        }
    }
    throw std::runtime_error(path.string() +
                             ": unknown extension; known are fvecs bvecs ivecs fbin f16bin u8bin i8bin ibin");
}

namespace detail {

template <class To>
To load_as(element type, const char* bytes) {
    const auto load = [bytes](auto value) {
        std::memcpy(&value, bytes, sizeof value);
        return value;
    };
    switch (type) {
    case element::f32: return static_cast<To>(load(0.0F));
    case element::f16: return static_cast<To>(half_to_float(load(std::uint16_t{})));
    case element::u8: return static_cast<To>(load(std::uint8_t{}));
    case element::i8: return static_cast<To>(load(std::int8_t{}));
    case element::i32: return static_cast<To>(load(std::int32_t{}));
    }
    throw std::logic_error("unknown element type");
}

struct file_shape {
    std::size_t rows;
    std::size_t dim;
    std::size_t skip;     ///< header bytes before the first row
    std::size_t row_skip; ///< header bytes before each row
};

/// Reads the header and proves that the file's length is exactly what the header promises, so that a damaged
/// or truncated file is refused before anything is allocated for it.
inline file_shape check_shape(std::ifstream& in, const std::filesystem::path& path, file_format format) {
    const auto fail = [&](const std::string& why) -> file_shape {
        throw std::runtime_error(path.string() + ": " + why);
    };
    const std::uint64_t length = std::filesystem::file_size(path);
    std::uint32_t header[2] = {};
    const std::size_t header_bytes = format.row_headers ? 4 : 8;
    if (length < header_bytes ||
        !in.read(reinterpret_cast<char*>(header), static_cast<std::streamsize>(header_bytes))) {
        return fail("too short to hold a header");
    }
    const std::uint64_t dim = format.row_headers ? header[0] : header[1];
    if (dim == 0 || dim > std::numeric_limits<std::int32_t>::max()) {
        return fail("says its vectors have " + std::to_string(dim) + " dimensions");
    }
    const std::uint64_t row_bytes = dim * format.bytes + (format.row_headers ? 4 : 0);
    const std::uint64_t payload = format.row_headers ? length : length - header_bytes;
    const std::uint64_t rows = payload / row_bytes;
    if (payload % row_bytes != 0 || (!format.row_headers && rows != header[0])) {
        std::string why = "is " + std::to_string(length) + " bytes long, which does not fit the ";
        if (format.row_headers) {
            why += "rows of " + std::to_string(dim) + " values that it begins with";
        } else {
            why +=
                std::to_string(header[0]) + " rows of " + std::to_string(dim) + " values its header promises";
        }
        return fail(why);
    }
    return {rows, dim, format.row_headers ? 0u : 8u, format.row_headers ? 4u : 0u};
}

} // namespace detail

/// Reads the first `max_rows` rows of a file, each value converted to `To`.
/// Throws std::runtime_error naming the file when it is missing, of an unknown kind, or not as long as it
/// says.
template <class To>
matrix<To> read_matrix(const std::filesystem::path& path,
                       std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    const file_format format = format_of(path);
    std::ifstream in(path, std::ios::binary);
    if (!in || !std::filesystem::is_regular_file(path)) {
        throw std::runtime_error(path.string() + ": cannot be opened");
    }
    const detail::file_shape shape = detail::check_shape(in, path, format);
    in.seekg(static_cast<std::streamoff>(shape.skip));

    matrix<To> result;
    result.dim = shape.dim;
    const std::size_t rows = std::min(shape.rows, max_rows);
    result.values.resize(rows * shape.dim);
    std::vector<char> bytes(shape.row_skip + shape.dim * format.bytes);
    for (std::size_t row = 0; row < rows; ++row) {
        if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
            throw std::runtime_error(path.string() + ": ended while being read");
        }
        if (shape.row_skip != 0) {
            std::uint32_t dim = 0;
            std::memcpy(&dim, bytes.data(), sizeof dim);
            if (dim != shape.dim) {
                throw std::runtime_error(path.string() + ": row " + std::to_string(row) + " has " +
                                         std::to_string(dim) + " dimensions, the first has " +
                                         std::to_string(shape.dim));
            }
        }
        const char* value = bytes.data() + shape.row_skip;
        for (To& out : result[row]) {
            out = detail::load_as<To>(format.type, value);
            value += format.bytes;
        }
    }
    return result;
}

inline float_matrix read_vectors(const std::filesystem::path& path,
                                 std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    return read_matrix<float>(path, max_rows);
}

/// The exact neighbours of each query, from ibin or ivecs; every id must name one of `base_rows` rows.
inline id_matrix read_truth(const std::filesystem::path& path, std::size_t base_rows,
                            std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    if (format_of(path).type != element::i32) {
        throw std::runtime_error(path.string() + ": the truth is read from ibin or ivecs");
    }
    id_matrix truth = read_matrix<std::uint32_t>(path, max_rows);
    if (std::ranges::any_of(truth.values, [&](std::uint32_t id) { return id >= base_rows; })) {
        throw std::runtime_error(path.string() + ": names rows that the base does not have");
    }
    return truth;
}

} // namespace bench
