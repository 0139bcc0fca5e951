#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "../codec/stored_state.hpp"
#include "../core/file_error.hpp"
#include "../core/type_name.hpp"
#include "../graph/node_states.hpp"
#include "../index/access.hpp"
#include "format.hpp"
#include "front_matter.hpp"
#include "key_format.hpp"
#include "section_writer.hpp"
#include "source.hpp"

namespace sextant::inline SEXTANT_ABI {

namespace detail {

/// Writes an index that keeps still, section by section.
template <class Index, class Sink>
class index_writer {
    using key = typename Index::key_type;

public:
    index_writer(const Index& index, Sink& sink) : index_(index), state_(index_access::state(index)), out_(sink) {}

    file_result<void> write() {
        using namespace file_format;
        const front_matter front = describe();
        const byte_writer names_bytes = front.names();
        const byte_writer numbers = front.numbers();
        byte_writer learned;
        write_state(state_.codec, learned);
        const std::uint64_t slots = front.slots;
        const layout where = place({names_bytes.bytes().size(), numbers.bytes().size(), learned.bytes().size(),
                                    slots * sizeof(node), slots * front.record_bytes(), front.upper_lists * front.upper_bytes(),
                                    slots * front.cold_stride(), key_bytes(front)});
        out_.raw(write_front(where).bytes());
        const auto section = [&](file_format::section id, auto&& content) {
            out_.begin(where.sections[id]);
            content();
            out_.end();
        };
        section(names, [&] { out_.append(names_bytes.bytes()); });
        section(options, [&] { out_.append(numbers.bytes()); });
        section(codec_state, [&] { out_.append(learned.bytes()); });
        section(nodes, [&] { write_nodes(front); });
        section(records, [&] { write_records(front); });
        section(upper, [&] { write_upper(front); });
        section(cold, [&] { write_cold(front); });
        section(keys, [&] { write_keys(front); });
        if (out_.error()) return unexpected(*out_.error());
        return {};
    }

private:
    using parts = index_parts<Index>;

    front_matter describe() const {
        front_matter front;
        front.metric = parts::metric::name();
        front.codec = parts::codec::name();
        front.key = key_format_of<key>();
        front.options = index_.options();
        front.slots = graph_.end();
        front.live = index_.size();
        for_each([&](slot id) {
            front.upper_lists += graph_.at(id).level;
            front.dead += is_dead(graph_, id) ? 1u : 0u;
        });
        front.entry = graph_.entry();
        front.code_bytes = state_.codec.code_bytes();
        front.cold_bytes = cold_bytes(state_.codec);
        return front;
    }

    template <class F>
    void for_each(F&& f) const {
        for (std::size_t id = 0; id < graph_.end(); ++id) {
            if (out_.error()) return;
            f(static_cast<slot>(id));
        }
    }


    std::uint64_t key_bytes(const front_matter& front) const {
        if constexpr (std::same_as<key, std::string>) {
            std::uint64_t total = 0;
            for_each([&](slot id) { total += sizeof(std::uint32_t) + text_of(id).size(); });
            return total;
        } else {
            return front.slots * sizeof(key);
        }
    }

    /// Dead nodes need not have one.
    bool has_key(slot id) const noexcept { return !is_vacant(graph_, id) && id < named_; }

    std::string_view text_of(slot id) const noexcept {
        return has_key(id) ? std::string_view(state_.keys[id]) : std::string_view();
    }

    void write_nodes(const front_matter&) {
        slot next_list = 0;
        for_each([&](slot id) {
            const node& n = graph_.at(id);
            const bool live = n.is(node_state::live);
            const slot parent = live ? n.parent.load(std::memory_order_relaxed) : no_slot;
            const slot list = n.level == 0 ? no_slot : next_list;
            next_list += n.level;
            std::byte* const out = out_.room(sizeof(node));
            std::memcpy(out, &parent, 4);
            std::memcpy(out + 4, &list, 4);
            out[8] = static_cast<std::byte>(n.level);
            out[9] = std::byte{0};
            out[10] = static_cast<std::byte>(n.state.load(std::memory_order_relaxed));
            out[11] = static_cast<std::byte>(live ? n.children : 0);
        });
    }

    /// The links, each list filled up with no_slot, and zeros up to `bytes`.
    static void put_links(const link_list& links, std::byte* out, std::size_t bytes) noexcept {
        std::memset(out, 0xFF, links.capacity() * sizeof(slot));
        std::memset(out + links.capacity() * sizeof(slot), 0, bytes - links.capacity() * sizeof(slot));
        links.each([&](slot id) {
            std::memcpy(out, &id, sizeof(id));
            out += sizeof(id);
        });
    }

    /// A code, or zeros where there is none, and zeros up to `bytes`. Codes may be longer than the writer's pieces.
    void put_code(const std::byte* code, std::size_t length, std::size_t bytes) {
        const std::size_t stored = code == nullptr ? 0 : length;
        if (bytes <= out_.most) {
            std::byte* const out = out_.room(bytes);
            if (stored != 0) std::memcpy(out, code, stored);
            std::memset(out + stored, 0, bytes - stored);
            return;
        }
        out_.append({code, stored});
        for (std::size_t left = bytes - stored; left > 0;) {
            const std::size_t count = std::min(left, out_.most);
            std::memset(out_.room(count), 0, count);
            left -= count;
        }
    }

    void write_records(const front_matter& front) {
        const std::size_t code_offset = graph_.code_offset();
        const std::size_t code_room = graph_.record_bytes() - code_offset;
        for_each([&](slot id) {
            put_links(graph_.links(id), out_.room(code_offset), code_offset);
            put_code(is_vacant(graph_, id) ? nullptr : graph_.code(id), front.code_bytes, code_room);
        });
    }

    void write_upper(const front_matter& front) {
        for_each([&](slot id) {
            for (unsigned level = 1; level <= graph_.at(id).level; ++level) {
                put_links(graph_.links(id, level), out_.room(front.upper_bytes()), front.upper_bytes());
            }
        });
    }

    void write_cold(const front_matter& front) {
        if (front.cold_bytes == 0) return;
        for_each([&](slot id) { put_code(is_vacant(graph_, id) ? nullptr : graph_.cold(id), front.cold_bytes, front.cold_stride()); });
    }

    void write_keys(const front_matter&) {
        for_each([&](slot id) {
            if constexpr (std::same_as<key, std::string>) {
                byte_writer length;
                const std::string_view text = text_of(id);
                length.put(static_cast<std::uint32_t>(text.size()));
                out_.append(length.bytes());
                out_.append({reinterpret_cast<const std::byte*>(text.data()), text.size()});
            } else {
                std::byte* const out = out_.room(sizeof(key));
                std::memset(out, 0, sizeof(key));
                if (has_key(id)) std::memcpy(out, &state_.keys[id], sizeof(key));
            }
        });
    }

    const Index& index_;
    decltype(index_access::state(std::declval<const Index&>())) state_;
    const graph& graph_ = state_.nodes;
    const std::size_t named_ = state_.keys.end();
    section_writer<Sink> out_;
};

/// An index that can be kept in a file.
template <class Index>
concept storable_index = storable_codec<typename Index::codec_type> && storable_key<typename Index::key_type> &&
                         named<typename index_parts<Index>::metric> && named<typename index_parts<Index>::codec>;

inline constexpr bool can_store = std::endian::native == std::endian::little;

inline unexpected<file_error> wrong_byte_order() {
    return failed(file_errc::unsupported, "files are little-endian and this machine is not");
}

template <class Index, class Sink>
file_result<void> write_index(const Index& index, Sink& sink) {
    const std::unique_lock keep_still(index_access::state(index).gate);
    return index_writer<Index, Sink>(index, sink).write();
}

}  // namespace detail

/// Writes an index to a stream, for load() to read back (io/format.hpp says what is written). Equal indexes give equal
/// bytes. An error leaves part of it in the stream. What is saved of an index for which validate() is not ok() may be refused
/// when it is loaded.
///
/// May run beside searches. Whoever inserts or builds meanwhile waits until it is done, so that the file holds
/// every vector whose insertion returned before the call, and none by half. Throws std::bad_alloc.
/// O(bytes); takes a few megabytes of memory at most.
template <detail::storable_index Index>
[[nodiscard]] file_result<void> save(const Index& index, std::ostream& to) {
    if constexpr (!detail::can_store) return detail::wrong_byte_order();
    ostream_sink sink(to);
    if (auto written = detail::write_index(index, sink); !written) return written;
    if (auto error = sink.flush()) return unexpected(*std::move(error));
    return {};
}

/// Writes an index to a file, all or nothing: it is written beside the file of that name, made durable, and renamed. Whatever
/// happens in between, be it a full disk or a killed process, the name belongs to the old file or to the new one, complete.
/// A killed process may leave its unfinished file "NAME.tmp-…" behind. A symbolic link is replaced, not followed.
/// Otherwise as above.
template <detail::storable_index Index>
[[nodiscard]] file_result<void> save(const Index& index, const std::filesystem::path& path) {
    if constexpr (!detail::can_store) return detail::wrong_byte_order();
    file_result<atomic_file> file = atomic_file::create(path);
    if (!file) return unexpected(std::move(file).error());
    if (auto written = detail::write_index(index, *file); !written) return written;
    return file->commit();
}

}  // namespace sextant::inline SEXTANT_ABI
