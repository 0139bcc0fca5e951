#pragma once

#include <cstddef>
#include <filesystem>
#include <istream>
#include <utility>

#include "../build/reclaim.hpp"
#include "../core/file_error.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "index_reader.hpp"
#include "save.hpp"
#include "source.hpp"

namespace sextant::inline SEXTANT_ABI {

namespace detail {

template <class Index, class Source>
file_result<Index> load_from(Source& source, typename index_parts<Index>::metric metric) {
    if constexpr (!can_store) return wrong_byte_order();
    index_reader<Index, Source> reader(source);
    if (!reader.front(std::move(metric)) || !reader.body()) return unexpected(reader.error());
    Index index = reader.take();
    graph& nodes = index_access::state(index).nodes;
    for (std::size_t i = nodes.end(); i-- > 0;) {  // the free ones are used again in their order
        const auto id = static_cast<slot>(i);
        if (is_vacant(nodes, id)) nodes.release(id);
        if (is_dead(nodes, id)) retire(nodes, id);
    }
    return file_result<Index>(std::move(index));
}

}  // namespace detail

/// An index from a file that save() wrote, into memory of its own: it goes on growing. `metric` is for metrics that hold
/// something, like custom<F>.
///     auto loaded = sextant::load<sextant::index<sextant::l2>>("a.sxt");
///     if (!loaded) std::cerr << loaded.error() << '\n';
///
/// The file may come from anywhere. Whatever is in it, the outcome is an error or an index on which everything works:
/// sizes are compared with what is there before memory is asked for, and everything is checked that the index relies
/// on (io/check.hpp; codec/stored_state.hpp). It takes a small multiple of the file's size at most. What nobody can check is whether
/// the vectors are the right ones. Errors: file_errc, all of them. Throws std::bad_alloc. O(bytes).
template <detail::storable_index Index>
[[nodiscard]] file_result<Index> load(const std::filesystem::path& path, typename index_parts<Index>::metric metric = {}) {
    file_result<file_source> source = file_source::open(path);
    if (!source) return unexpected(std::move(source).error());
    return detail::load_from<Index>(*source, std::move(metric));
}

/// The same from a stream, which is left behind the last byte of the index.
template <detail::storable_index Index>
[[nodiscard]] file_result<Index> load(std::istream& from, typename index_parts<Index>::metric metric = {}) {
    istream_source source(from);
    return detail::load_from<Index>(source, std::move(metric));
}

}  // namespace sextant::inline SEXTANT_ABI
