#pragma once

#include "datasets/exact_distance.hpp"
#include "datasets/matrix.hpp"
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

/// What a library must offer to be measured. The id of a vector is its row in the base.
namespace bench {

struct build_settings {
    metric_kind metric = metric_kind::l2;
    std::size_t degree = 16;
    std::size_t ef_construction = 200;
    std::size_t threads = 1;
    bool bulk = true;    ///< sextant: one build() instead of insert() row by row
    bool assign = false; ///< sextant: replace by insert_or_assign() instead of erase() and insert()
};

/// Called with (done, total) while an index is built, from any thread.
using build_progress = std::function<void(std::size_t, std::size_t)>;

/// One thread's means to search: owns whatever buffers the library lets its caller keep between queries.
class searcher {
public:
    searcher() = default;
    searcher(const searcher&) = delete;
    searcher& operator=(const searcher&) = delete;
    virtual ~searcher() = default;

    /// Writes the ids of the nearest vectors, in any order, and returns how many were found.
    virtual std::size_t search(std::span<const float> query, std::span<std::uint32_t> ids) = 0;

    /// Does the same search once and returns how many distances it computed. Never runs beside another
    /// search.
    virtual std::uint64_t count_distances(std::span<const float> query, std::span<std::uint32_t> ids) = 0;
};

class peer {
public:
    peer() = default;
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    virtual ~peer() = default;

    /// Called once. `base` stays alive and unchanged as long as the peer.
    virtual void build(const float_matrix& base, const build_progress& progress) = 0;

    /// For one ef at a time: some libraries keep ef in the index.
    [[nodiscard]] virtual std::unique_ptr<searcher> make_searcher(std::size_t ef, std::size_t k) = 0;

    /// The library's own account of its memory, where it gives one.
    [[nodiscard]] virtual std::optional<std::size_t> reported_bytes() const { return std::nullopt; }

    /// Gives an id another vector. Throws std::logic_error where the library or this program has no such thing.
    virtual void replace(std::uint32_t, std::span<const float>) {
        throw std::logic_error("vectors of this index are not replaced");
    }

    /// Whether searches may run beside replace().
    [[nodiscard]] virtual bool searches_beside_replace() const { return false; }

    /// How many vectors no walk along links from the entry point reaches, where that can be told.
    [[nodiscard]] virtual std::optional<std::size_t> unreachable() const { return std::nullopt; }
};

struct codec_entry {
    std::string_view name;
    std::unique_ptr<peer> (*make)(const build_settings&, std::size_t dim);
};

struct library_entry {
    std::string_view name;
    std::span<const codec_entry> codecs;
};

/// The libraries this program was compiled with, sextant first.
std::span<const library_entry> libraries();

std::span<const codec_entry> sextant_codecs();
std::span<const codec_entry> hnswlib_codecs();
std::span<const codec_entry> faiss_codecs();

} // namespace bench
