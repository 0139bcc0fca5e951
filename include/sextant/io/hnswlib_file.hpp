#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../core/bytes.hpp"
#include "../core/file_error.hpp"
#include "../core/random.hpp"
#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What begins an index file of hnswlib, as its saveIndex() writes it on 64-bit machines: 96 bytes, all numbers least
/// significant byte first. There is no magic and no version. Much of it follows from the rest, and is what tells such a
/// file from any other.
struct hnswlib_header {
    static constexpr std::size_t bytes = 96;

    std::uint64_t offset_of_level0;  ///< of a record's links: 0
    std::uint64_t capacity;          ///< max_elements, at least `count`
    std::uint64_t count;
    std::uint64_t record_bytes;      ///< [links of level 0][vector][label]
    std::uint64_t label_offset;
    std::uint64_t vector_offset;
    std::uint32_t highest_level;     ///< of the entry point; -1 for none
    std::uint32_t entry;             ///< -1 for none
    std::uint64_t degree_above;      ///< maxM, which is M
    std::uint64_t degree_below;      ///< maxM0, which is 2·M
    std::uint64_t degree;            ///< M
    double level_factor;             ///< 1 / ln M, of which nothing is needed
    std::uint64_t ef_construction;

    explicit hnswlib_header(std::span<const std::byte> from) noexcept {
        byte_reader reader(from);
        offset_of_level0 = reader.get<std::uint64_t>();
        capacity = reader.get<std::uint64_t>();
        count = reader.get<std::uint64_t>();
        record_bytes = reader.get<std::uint64_t>();
        label_offset = reader.get<std::uint64_t>();
        vector_offset = reader.get<std::uint64_t>();
        highest_level = reader.get<std::uint32_t>();
        entry = reader.get<std::uint32_t>();
        degree_above = reader.get<std::uint64_t>();
        degree_below = reader.get<std::uint64_t>();
        degree = reader.get<std::uint64_t>();
        level_factor = reader.get_double();
        ef_construction = reader.get<std::uint64_t>();
    }

    /// Whether a file of so many bytes can begin like this and hold vectors of `dim` floats.
    file_result<void> check(std::uint64_t file_bytes, std::size_t dim) const {
        if (offset_of_level0 != 0 || degree_above != degree || degree < 1 || degree > 10'000 || degree_below != 2 * degree ||
            vector_offset != list_bytes(degree_below) || label_offset < vector_offset || record_bytes < label_offset ||
            record_bytes - label_offset != sizeof(std::uint64_t)) {
            return failed(file_errc::format, "this is no index file of hnswlib");
        }
        if (degree < 2 || degree > 512) {
            return failed(file_errc::unsupported, "the file has M = " + std::to_string(degree) + ", and 2 to 512 can be had");
        }
        if (label_offset - vector_offset != std::uint64_t{dim} * sizeof(float)) {
            return failed(file_errc::type, "the file's vectors have " + std::to_string(label_offset - vector_offset) +
                                               " bytes, and " + std::to_string(dim) + " floats have " +
                                               std::to_string(std::uint64_t{dim} * sizeof(float)));
        }
        if (count > capacity) return failed(file_errc::corrupt, "the file counts more vectors than it has room for");
        if (count > max_slots) return failed(file_errc::unsupported, "the file holds more than 2^31 - 1 vectors");
        if (file_bytes < bytes || count > (file_bytes - bytes) / (record_bytes + sizeof(std::uint32_t))) {
            return failed(file_errc::truncated, "the file is shorter than its vectors");
        }
        const std::uint64_t most = record_bytes + sizeof(std::uint32_t) + max_level * list_bytes(degree_above);
        if (file_bytes - bytes > count * most) return failed(file_errc::corrupt, "something follows the end of the index");
        return {};
    }

    /// Bytes of a list with room for so many links: [their number and marks, 32 bits][ids, 32 bits each].
    static constexpr std::uint64_t list_bytes(std::uint64_t links) noexcept { return (links + 1) * sizeof(std::uint32_t); }
};

/// An index file of hnswlib in memory: [header][records][for each: bytes of its upper lists, 32 bits, and these]. Made by
/// parse(), which checks everything but the vectors; whatever is asked of it afterwards is there.
class hnswlib_file {
public:
    /// `bytes` must outlive what it returns. O(bytes) time, eight bytes for each vector. Throws std::bad_alloc.
    static file_result<hnswlib_file> parse(std::span<const std::byte> bytes, std::size_t dim) {
        if (bytes.size() < hnswlib_header::bytes) return failed(file_errc::truncated, "the file is shorter than its header");
        const hnswlib_header header(bytes);
        if (auto checked = header.check(bytes.size(), dim); !checked) return unexpected(std::move(checked).error());
        hnswlib_file file(bytes, header);
        if (auto found = file.find_upper_lists(); !found) return unexpected(std::move(found).error());
        if (auto checked = file.check_entry(); !checked) return unexpected(std::move(checked).error());
        for (slot id = 0; id < file.size(); ++id) {
            if (auto checked = file.check_links(id); !checked) return unexpected(std::move(checked).error());
        }
        return file;
    }

    std::size_t size() const noexcept { return static_cast<std::size_t>(header_.count); }
    std::size_t degree() const noexcept { return static_cast<std::size_t>(header_.degree); }
    std::uint64_t ef_construction() const noexcept { return header_.ef_construction; }
    slot entry() const noexcept { return header_.entry; }

    unsigned level(slot id) const noexcept {
        return static_cast<unsigned>(read<std::uint32_t>(upper_[id] - sizeof(std::uint32_t)) / upper_list_bytes());
    }

    bool deleted(slot id) const noexcept { return (marks(record(id)) & deleted_mark) != 0; }

    std::uint64_t label(slot id) const noexcept {
        return read<std::uint64_t>(record(id) + static_cast<std::size_t>(header_.label_offset));
    }

    void read_vector(slot id, std::span<float> out) const noexcept {
        const std::size_t first = record(id) + static_cast<std::size_t>(header_.vector_offset);
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = std::bit_cast<float>(read<std::uint32_t>(first + i * sizeof(float)));
        }
    }

    /// Calls f(id) for each link. hnswlib lets a list name its own node, or one node twice.
    template <class F>
    void each_link(slot id, unsigned level, F&& f) const {
        const std::size_t list = list_of(id, level);
        for (std::size_t i = 1; i <= count(list); ++i) f(read<std::uint32_t>(list + i * sizeof(std::uint32_t)));
    }

private:
    static constexpr std::uint32_t deleted_mark = 1;

    hnswlib_file(std::span<const std::byte> bytes, const hnswlib_header& header) : bytes_(bytes), header_(header) {}

    template <class T>
    T read(std::size_t at) const noexcept {
        return byte_reader(bytes_.subspan(at, sizeof(T))).get<T>();
    }

    std::size_t upper_list_bytes() const noexcept {
        return static_cast<std::size_t>(hnswlib_header::list_bytes(header_.degree_above));
    }

    std::size_t record(slot id) const noexcept {
        return hnswlib_header::bytes + std::size_t{id} * static_cast<std::size_t>(header_.record_bytes);
    }

    std::size_t list_of(slot id, unsigned level) const noexcept {
        return level == 0 ? record(id) : upper_[id] + (level - 1) * upper_list_bytes();
    }

    /// A list begins with the number of its links in 16 bits; on level 0 the next byte marks what was deleted.
    std::size_t count(std::size_t list) const noexcept { return read<std::uint32_t>(list) & 0xFFFF; }
    std::uint32_t marks(std::size_t list) const noexcept { return read<std::uint32_t>(list) >> 16; }

    file_result<void> find_upper_lists() {
        upper_.reserve(size());
        std::size_t at = record(static_cast<slot>(size()));
        for (std::size_t i = 0; i < size(); ++i) {
            if (bytes_.size() - at < sizeof(std::uint32_t)) return failed(file_errc::truncated, "the file ends among its levels");
            const std::size_t lists = read<std::uint32_t>(at);
            at += sizeof(std::uint32_t);
            if (lists % upper_list_bytes() != 0) return failed(file_errc::corrupt, "the lists of a level have an odd size");
            if (lists / upper_list_bytes() > max_level) return failed(file_errc::corrupt, "a level is higher than any can be");
            if (bytes_.size() - at < lists) return failed(file_errc::truncated, "the file ends within its levels");
            upper_.push_back(at);
            at += lists;
        }
        if (at != bytes_.size()) return failed(file_errc::corrupt, "something follows the end of the index");
        return {};
    }

    file_result<void> check_entry() const {
        if (size() == 0) {
            if (header_.entry == no_slot && header_.highest_level == no_slot) return {};
            return failed(file_errc::corrupt, "the file has an entry point and no vectors");
        }
        if (header_.entry >= size() || level(header_.entry) != header_.highest_level) {
            return failed(file_errc::corrupt, "the entry point is not where the file says");
        }
        return {};
    }

    file_result<void> check_links(slot id) const {
        if (level(id) > header_.highest_level) return failed(file_errc::corrupt, "a vector stands above the entry point");
        for (unsigned l = 0; l <= level(id); ++l) {
            const std::size_t list = list_of(id, l);
            if ((marks(list) & ~(l == 0 ? deleted_mark : 0)) != 0) return failed(file_errc::corrupt, "a list has unknown marks");
            if (count(list) > (l == 0 ? header_.degree_below : header_.degree_above)) {
                return failed(file_errc::corrupt, "a list has more links than room");
            }
            bool sound = true;
            each_link(id, l, [&](slot other) { sound = sound && other < size() && level(other) >= l; });
            if (!sound) return failed(file_errc::corrupt, "a link leads to a vector that is not there");
        }
        return {};
    }

    std::span<const std::byte> bytes_;
    hnswlib_header header_;
    std::vector<std::size_t> upper_;  // by vector: where its upper lists begin, behind their size
};

}  // namespace sextant::inline SEXTANT_ABI
