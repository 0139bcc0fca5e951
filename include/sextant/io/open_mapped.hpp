#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "../core/file_error.hpp"
#include "../graph/access.hpp"
#include "../memory/mapped_file.hpp"
#include "index_reader.hpp"
#include "save.hpp"
#include "source.hpp"

namespace sextant::inline SEXTANT_ABI {

struct mapped_options {
    /// Read all of the file now and check it as load() does. Without, what is in the file is believed: fit for files that
    /// this program or one it trusts has written.
    bool verify = false;
};

/// An index that stays in its file: nothing is copied, pages are read when a search first needs them, and processes that
/// open the same file share them. It takes the same time for files of any size, unless keys are strings, which are
/// copied, or `verify` is set.
///
/// The index is read-only: what would change it throws errc::read_only; load() gives one that can be changed.
/// contains() and get() build their table of keys when one of them is first called, which reads all keys.
///
/// Header, names, options, the codec's state and the bounds of all sections are always checked. Links, codes and keys are with
/// `verify` only: do not open files from elsewhere without. The file must not be changed or shortened in place while
/// it is open; save() to its name does neither, it puts a new file there. Errors: as load(). Throws std::bad_alloc.
template <detail::storable_index Index>
[[nodiscard]] file_result<Index> open_mapped(const std::filesystem::path& path, const mapped_options& options = {},
                                             typename index_parts<Index>::metric metric = {}) {
    if constexpr (!detail::can_store) return detail::wrong_byte_order();
    using key = typename Index::key_type;
    file_result<mapped_file> file = mapped_file::open(path);
    if (!file) return unexpected(std::move(file).error());
    const std::span<const std::byte> bytes = file->bytes();
    memory_source source(bytes);
    detail::index_reader<Index, memory_source> reader(source);
    if (!reader.front(std::move(metric))) return unexpected(reader.error());

    auto& state = reader.state();
    const front_matter& front = reader.matter();
    const auto at = [&](file_format::section s) { return bytes.data() + reader.where().sections[s].offset; };
    const auto slots = static_cast<std::size_t>(front.slots);
    graph_access::nodes(state.nodes).borrow(at(file_format::nodes), slots);
    graph_access::records(state.nodes).borrow(at(file_format::records), slots);
    graph_access::upper(state.nodes).borrow(at(file_format::upper), static_cast<std::size_t>(front.upper_lists));
    graph_access::cold(state.nodes).borrow(at(file_format::cold), front.cold_bytes == 0 ? 0 : slots);
    if constexpr (std::is_trivially_copyable_v<key>) state.keys.borrow(at(file_format::keys), slots);
    index_access::keep(state, *std::move(file));

    if (options.verify) {
        if (!reader.body()) return unexpected(reader.error());
    } else if (!reader.entry_is_sound() || (!std::is_trivially_copyable_v<key> && !reader.copy_keys())) {
        return unexpected(reader.error());
    }
    return reader.take();
}

}  // namespace sextant::inline SEXTANT_ABI
