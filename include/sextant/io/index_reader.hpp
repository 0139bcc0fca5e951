#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../codec/stored_state.hpp"
#include "../core/file_error.hpp"
#include "../graph/access.hpp"
#include "../graph/node_states.hpp"
#include "../index/access.hpp"
#include "check.hpp"
#include "format.hpp"
#include "front_matter.hpp"
#include "key_format.hpp"
#include "section_reader.hpp"

namespace sextant::inline SEXTANT_ABI::detail {

/// Makes an index of a file, believing nothing: front(), then body().
template <class Index, class Source>
class index_reader {
    using parts = index_parts<Index>;
    using metric_type = typename parts::metric;
    using codec_type = typename Index::codec_type;
    using key = typename Index::key_type;

public:
    explicit index_reader(Source& source) : in_(source) {}

    /// The first three sections: makes an empty index with a codec that has learned what it had. After it, all sections are
    /// known to have the sizes that such an index has.
    bool front(metric_type metric) {
        std::vector<std::byte> bytes;
        if (!in_.front(where_) || !in_.whole(where_.sections[file_format::names], bytes)) return false;
        if (!front_.read_names(bytes)) return in_.fail(file_errc::corrupt, "the file's names make no sense");
        if (!is_same_type("metric", front_.metric, parts::metric::name()) ||
            !is_same_type("codec", front_.codec, parts::codec::name())) {
            return false;
        }
        if (!in_.whole(where_.sections[file_format::options], bytes)) return false;
        if (!front_.read_numbers(bytes)) return in_.fail(file_errc::corrupt, "the file's options make no sense");
        if (!is_same_type("key", name_of(front_.key), name_of(key_format_of<key>()))) return false;
        if (front_.key != key_format_of<key>()) return in_.fail(file_errc::corrupt, "the file's keys have an impossible size");
        const char* wrong = mistake_in(front_.options, codec_type::max_dim);
        if (wrong == nullptr) wrong = front_.mistake();
        if (wrong != nullptr) return in_.fail(file_errc::corrupt, std::string("the file asks for the impossible: ") + wrong);

        index_.emplace(front_.options, std::move(metric));
        codec_type& codec = state().codec;
        if (front_.code_bytes != codec.code_bytes() || front_.cold_bytes != cold_bytes(codec) || !sizes_fit()) {
            return in_.fail(file_errc::corrupt, "the file's sections do not have the size of what is said to be in them");
        }
        if (!in_.whole(where_.sections[file_format::codec_state], bytes)) return false;
        byte_reader learned(bytes);
        if (!read_state(codec, learned) || !learned.finished()) {
            return in_.fail(file_errc::corrupt, "the file's codec has learned what is impossible, or is another");
        }
        state().fetch_what_is_read();
        return true;
    }

    /// The other sections, into memory of the index, or to where they lie already; checks all of it. Throws std::bad_alloc.
    bool body() {
        graph& nodes = state().nodes;
        const codec_type& codec = state().codec;
        graph_check check(nodes, front_);
        const bool linked =
            each(file_format::nodes, graph_access::nodes(nodes), front_.slots,
                 [&](slot, std::span<const std::byte> bytes) { return check.nodes(bytes); },
                 [&] { return check.tree(); }) &&
            each(file_format::records, graph_access::records(nodes), front_.slots,
                 [&](slot first, std::span<const std::byte> bytes) { return check_records(check, first, bytes); }) &&
            each(file_format::upper, graph_access::upper(nodes), front_.upper_lists,
                 [&](slot, std::span<const std::byte> bytes) { return check_upper(check, bytes); }) &&
            each(file_format::cold, graph_access::cold(nodes), front_.cold_bytes == 0 ? 0 : front_.slots,
                 [&](slot first, std::span<const std::byte> bytes) { return check_cold(codec, first, bytes); });
        return linked && read_keys();
    }

    /// What is left to look at if the rest is believed.
    bool entry_is_sound() {
        const entry_point entry = front_.entry;
        return !entry.exists() || state().nodes.at(entry.id).level == entry.level ||
               in_.fail(file_errc::corrupt, "the file contradicts itself: the entry point is on another level");
    }

    /// The keys alone, from a source that can skip the sections before.
    bool copy_keys() {
        in_.skip_to(where_.sections[file_format::keys]);
        return read_keys();
    }

    /// The index, complete.
    Index take() {
        graph_access::finish(state().nodes, static_cast<std::size_t>(front_.slots), static_cast<std::size_t>(front_.upper_lists),
                             front_.entry, static_cast<std::size_t>(front_.dead));
        state().size.store(static_cast<std::size_t>(front_.live), std::memory_order_relaxed);
        return *std::move(index_);
    }

    auto& state() { return index_access::state(*index_); }
    const front_matter& matter() const noexcept { return front_; }
    const file_format::layout& where() const noexcept { return where_; }
    file_error error() const { return *in_.error(); }

private:
    bool is_same_type(const char* what, const std::string& found, const std::string& wanted) {
        return found == wanted || in_.fail(file_errc::type, std::string("the file's ") + what + " is " + found.substr(0, 200) +
                                                                ", the program's is " + wanted);
    }

    /// Every product here is below 2^60: mistake() and mistake_in() bound its factors.
    bool sizes_fit() const noexcept {
        const auto size = [&](file_format::section s) { return where_.sections[s].size; };
        const std::uint64_t slots = front_.slots;
        const std::uint64_t key_size = key_format_of<key>().size;
        const std::uint64_t least_keys = slots * (key_size == 0 ? sizeof(std::uint32_t) : key_size);
        return size(file_format::nodes) == slots * sizeof(node) && size(file_format::records) == slots * front_.record_bytes() &&
               size(file_format::upper) == front_.upper_lists * front_.upper_bytes() &&
               size(file_format::cold) == slots * front_.cold_stride() && size(file_format::keys) >= least_keys &&
               (key_size == 0 || size(file_format::keys) == least_keys);
    }

    /// Reads `count` records piece by piece; `check(first, bytes)` looks at each piece once it is there, then `last()` at all.
    template <class Check, class Last>
    bool each(file_format::section section, arena& to, std::uint64_t count, Check&& check, Last&& last) {
        if (!in_.begin(where_.sections[section])) return false;
        const std::size_t at_once = in_.piece / std::max<std::size_t>(1, to.stride()) + 1;
        for (std::uint64_t first = 0; first < count;) {
            const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count - first, at_once));
            to.commit(static_cast<std::size_t>(first) + wanted);
            const std::span<std::byte> bytes = to.stretch(static_cast<slot>(first), wanted);
            if (!in_.read(bytes)) return false;
            if (in_.in_order()) in_.note(check(static_cast<slot>(first), bytes));
            first += bytes.size() / to.stride();
        }
        if (in_.in_order()) in_.note(last());
        return in_.end();
    }

    template <class Check>
    bool each(file_format::section section, arena& to, std::uint64_t count, Check&& check) {
        return each(section, to, count, check, [] { return static_cast<const char*>(nullptr); });
    }

    static bool is_zero(std::span<const std::byte> bytes) noexcept {
        return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
    }

    const char* check_records(const graph_check& check, slot first, std::span<const std::byte> bytes) {
        const graph& nodes = state().nodes;
        const std::size_t stride = nodes.record_bytes();
        const std::size_t link_bytes = nodes.capacity(0) * sizeof(slot);
        const auto code_bytes = static_cast<std::size_t>(front_.code_bytes);
        for (slot id = first; !bytes.empty(); ++id, bytes = bytes.subspan(stride)) {
            const std::span<const std::byte> record = bytes.first(stride);
            if (const char* wrong = check.base_links(id, reinterpret_cast<const slot*>(record.data()))) return wrong;
            const std::span<const std::byte> code = record.subspan(nodes.code_offset());
            if (!is_zero(record.first(nodes.code_offset()).subspan(link_bytes)) || !is_zero(code.subspan(code_bytes))) {
                return "there is something between links and codes";
            }
            if (is_vacant(nodes, id) ? !is_zero(code) : !state().codec.valid_code(code.data())) {
                return "a code is none that this codec makes";
            }
        }
        return nullptr;
    }

    const char* check_upper(graph_check& check, std::span<const std::byte> bytes) const {
        const auto stride = static_cast<std::size_t>(front_.upper_bytes());
        for (; !bytes.empty(); bytes = bytes.subspan(stride)) {
            if (const char* wrong = check.upper_links(reinterpret_cast<const slot*>(bytes.data()))) return wrong;
            if (!is_zero(bytes.first(stride).subspan(front_.options.degree * sizeof(slot)))) {
                return "there is something between lists of links";
            }
        }
        return nullptr;
    }

    const char* check_cold(const codec_type& codec, slot first, std::span<const std::byte> bytes) {
        if constexpr (reranking_codec<codec_type>) {
            const auto stride = static_cast<std::size_t>(front_.cold_stride());
            const graph& nodes = state().nodes;
            for (slot id = first; !bytes.empty(); ++id, bytes = bytes.subspan(stride)) {
                if (!is_zero(bytes.first(stride).subspan(static_cast<std::size_t>(front_.cold_bytes)))) {
                    return "there is something between second codes";
                }
                if (is_vacant(nodes, id) ? !is_zero(bytes.first(stride))
                                                        : !codec.valid_cold(nodes.code(id), bytes.data())) {
                    return "a second code is none that this codec makes";
                }
            }
        }
        return nullptr;
    }

    bool read_keys() {
        const file_format::extent where = where_.sections[file_format::keys];
        if (!in_.begin(where)) return false;
        if constexpr (std::same_as<key, std::string>) {
            if (!read_texts(where.size)) return false;
        } else {
            std::vector<key> some(static_cast<std::size_t>(std::min<std::uint64_t>(front_.slots, in_.piece / sizeof(key) + 1)));
            for (std::uint64_t first = 0; first < front_.slots; first += some.size()) {
                some.resize(static_cast<std::size_t>(std::min<std::uint64_t>(some.size(), front_.slots - first)));
                if (!in_.read(std::as_writable_bytes(std::span(some)))) return false;
                for (std::size_t i = 0; i < some.size(); ++i) keep(static_cast<slot>(first + i), some[i]);
            }
        }
        return in_.end();
    }

    /// Strings, none of which gets more room than there are bytes for it.
    bool read_texts(std::uint64_t left) {
        std::string text;
        for (std::uint64_t i = 0; i < front_.slots; ++i) {
            std::array<std::byte, sizeof(std::uint32_t)> bytes{};
            if (left < bytes.size()) return in_.fail(file_errc::corrupt, "the file's keys are longer than their section");
            if (!in_.read(bytes)) return false;
            left -= bytes.size();
            std::uint64_t length = byte_reader(bytes).get<std::uint32_t>();
            if (length > left) return in_.fail(file_errc::corrupt, "the file's keys are longer than their section");
            left -= length;
            text.clear();
            while (length > 0) {
                const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(length, in_.piece));
                text.resize(text.size() + count);
                if (!in_.read(std::as_writable_bytes(std::span(text)).last(count))) return false;
                length -= count;
            }
            keep(static_cast<slot>(i), text);
        }
        if (left != 0) in_.note("there is something behind the keys");
        return true;
    }

    void keep(slot id, const key& value) {
        if (!in_.in_order()) return;
        const node_state is = state().nodes.at(id).state.load(std::memory_order_relaxed);
        if (is == node_state::vacant) return is_blank(value) ? void() : in_.note("a free node has a key");
        if (!(state().mapped && std::is_trivially_copyable_v<key>)) state().keys.assign(id, value);
        if (is == node_state::live && !state().keys.claim(id)) in_.note("two vectors have one key");
    }

    /// The key of a free node is zeros, which need not be what a key is that nobody has set.
    static bool is_blank(const key& value) noexcept {
        if constexpr (std::same_as<key, std::string>) {
            return value.empty();
        } else {
            return is_zero(std::as_bytes(std::span(&value, 1)));
        }
    }

    section_reader<Source> in_;
    file_format::layout where_{};
    front_matter front_;
    std::optional<Index> index_;
};

}  // namespace sextant::inline SEXTANT_ABI::detail
