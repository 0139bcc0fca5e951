#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "../core/bytes.hpp"
#include "../core/checksum.hpp"
#include "../core/file_error.hpp"
#include "../core/options.hpp"
#include "../core/types.hpp"
#include "../graph/node.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The file of an index, version 1. docs/FILE_FORMAT.md says the same as a page.
///
/// Numbers are little-endian, floats IEEE 754. The file is a header, a table of sections, and the sections in the order of
/// their ids, each beginning on a multiple of 64 bytes, as early as that allows. Right behind a section's last byte
/// stands its CRC32C (32 bits). What is left between things is zero, so that every byte of a file has one right value and
/// equal indexes make equal files.
///
///   header   0  magic  89 53 58 54 0D 0A 1A 0A  ("SXT", and what a transfer as text would change)
///            8  u32    version: 1
///           12  u32    number of sections: 8
///           16  u64    bytes of the file
///           24  u32    CRC32C of header and table, this field being zero
///           28         zero up to 64
///   table   64  of each section: u32 id, u32 zero, u64 offset, u64 size without its CRC
///
///   1 names    metric, codec: each a u32 length and so many characters (metric and tag types have a name())
///   2 options  u64 dim, degree, ef_construction, seed, slots, live nodes, dead nodes, upper lists; u32 entry slot (FFFFFFFF: none), u32
///              entry level; u64 bytes of a code, of a cold code; u32 key kind, u32 key size
///   3 codec    what the codec has learned. Codecs without: nothing. Floats in two planes: 32 70 6C 6E ("2pln"). RaBitQ: u32 CRC32C of its rotation's signs, then, as LVQ:
///              u32 count of the vectors its mean is made of, plus 256 if the first vector follows, as floats in code space; then,
///              of 64: it is settled, and the mean follows as floats in code space; of 1 to 63: the sum of these vectors follows as
///              doubles. rerank<>: that of its two codecs, one after the other
///   4 nodes    12 bytes a slot: u32 parent in the anchor tree (FFFFFFFE: the root; FFFFFFFF: not live, not in the tree), u32 first upper list (FFFFFFFF where level
///              is 0), u8 level, u8 zero, u8 state (graph/node.hpp: vacant 0, live 3, dead 4), u8 children
///   5 records  of each slot: 2·degree links of level 0, zeros up to 64, the code, zeros up to 64
///   6 upper    of each node in turn its lists of levels 1, 2, …: degree links, zeros up to 64
///   7 cold     of each slot the second code, zeros up to 64; nothing for codecs without
///   8 keys     of each slot its key: an integer of that size; so many bytes; or a u32 length and so many characters
///
/// A link is the u32 slot it leads to; FFFFFFFF ends a list and fills the rest of it. A vacant slot has empty lists, and zeros
/// for a code and a key.
/// Hash tables are not in the file: they would have to be believed.
///
/// What makes a file valid beyond sizes and sums is in io/check.hpp.
namespace file_format {

inline constexpr std::array<std::uint8_t, 8> magic{0x89, 'S', 'X', 'T', '\r', '\n', 0x1A, '\n'};
inline constexpr std::uint32_t version = 1;
inline constexpr std::uint64_t alignment = cache_line;
inline constexpr std::size_t header_bytes = 64;
inline constexpr std::size_t checksum_at = 24;
inline constexpr std::size_t entry_bytes = 24;
inline constexpr std::size_t checksum_bytes = 4;

/// In the order of the file; a section's id is one more.
enum section : std::size_t { names, options, codec_state, nodes, records, upper, cold, keys, section_count };

inline constexpr std::size_t front_bytes = header_bytes + section_count * entry_bytes;

// A mapped file's nodes are used where they lie.
static_assert(sizeof(node) == 12 && offsetof(node, parent) == 0 && offsetof(node, upper) == 4 && offsetof(node, level) == 8 &&
              offsetof(node, lock) == 9 && offsetof(node, state) == 10 && offsetof(node, children) == 11);
static_assert(static_cast<int>(node_state::vacant) == 0 && static_cast<int>(node_state::live) == 3 &&
              static_cast<int>(node_state::dead) == 4 && tree_root == 0xFFFF'FFFEu);

struct extent {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    friend bool operator==(const extent&, const extent&) = default;
};

/// Where everything is: a function of the sections' sizes, which stay below 2^60 for every index that there can be.
struct layout {
    std::array<extent, section_count> sections;
    std::uint64_t file_bytes;
};

constexpr layout place(const std::array<std::uint64_t, section_count>& sizes) noexcept {
    const auto aligned = [](std::uint64_t at) { return (at + alignment - 1) / alignment * alignment; };
    layout result{};
    result.file_bytes = front_bytes;
    for (std::size_t s = 0; s < section_count; ++s) {
        result.sections[s] = {aligned(result.file_bytes), sizes[s]};
        result.file_bytes = result.sections[s].offset + sizes[s] + checksum_bytes;
    }
    return result;
}

/// Header and table.
inline byte_writer write_front(const layout& where, std::uint32_t checksum = 0) {
    byte_writer out;
    for (const std::uint8_t byte : magic) out.put(byte);
    out.put(version);
    out.put(static_cast<std::uint32_t>(section_count));
    out.put(where.file_bytes);
    out.put(checksum);
    while (out.bytes().size() < header_bytes) out.put(std::uint8_t{0});
    for (std::size_t s = 0; s < section_count; ++s) {
        out.put(static_cast<std::uint32_t>(s + 1));
        out.put(std::uint32_t{0});
        out.put(where.sections[s].offset);
        out.put(where.sections[s].size);
    }
    if (checksum != 0) return out;
    crc32c sum;
    sum.update(reinterpret_cast<const unsigned char*>(out.bytes().data()), out.bytes().size());
    return sum.value() == 0 ? out : write_front(where, sum.value());
}

/// Reads header and table; what comes back lies within file_bytes and is placed as place() would.
inline file_result<layout> read_front(std::span<const std::byte, front_bytes> bytes) {
    byte_reader in(bytes);
    for (const std::uint8_t expected : magic) {
        if (in.get<std::uint8_t>() != expected) return failed(file_errc::format, "this is no file of an index");
    }
    if (const auto found = in.get<std::uint32_t>(); found != version) {
        return failed(file_errc::version, "the file is of version " + std::to_string(found) + ", this library reads version " +
                                              std::to_string(version));
    }
    const bool sections_fit = in.get<std::uint32_t>() == section_count;
    layout where{};
    where.file_bytes = in.get<std::uint64_t>();
    const auto checksum = in.get<std::uint32_t>();
    std::array<std::uint64_t, section_count> sizes;
    byte_reader table(bytes.subspan(header_bytes));
    for (std::size_t s = 0; s < section_count; ++s) {
        static_cast<void>(table.get<std::uint64_t>());
        where.sections[s].offset = table.get<std::uint64_t>();
        where.sections[s].size = sizes[s] = table.get<std::uint64_t>();
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 60;
    bool sizes_fit = true;
    for (const std::uint64_t size : sizes) sizes_fit = sizes_fit && size < most;

    std::array<std::byte, front_bytes> zeroed;
    std::copy(bytes.begin(), bytes.end(), zeroed.begin());
    std::fill_n(zeroed.begin() + checksum_at, checksum_bytes, std::byte{0});
    crc32c sum;
    sum.update(reinterpret_cast<const unsigned char*>(zeroed.data()), zeroed.size());
    if (sum.value() != checksum) return failed(file_errc::checksum, "the file's header is damaged");
    if (!sections_fit || !sizes_fit) return failed(file_errc::corrupt, "the file's table of sections makes no sense");

    const byte_writer right = write_front(place(sizes));
    if (!std::equal(bytes.begin(), bytes.end(), right.bytes().begin(), right.bytes().end())) {
        return failed(file_errc::corrupt, "the file's table of sections makes no sense");
    }
    return where;
}

}  // namespace file_format

}  // namespace sextant::inline SEXTANT_ABI
