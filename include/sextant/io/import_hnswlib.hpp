#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../build/repair.hpp"
#include "../codec/centre.hpp"
#include "../codec/learning.hpp"
#include "../core/error.hpp"
#include "../core/file_error.hpp"
#include "../core/matrix_view.hpp"
#include "../core/options.hpp"
#include "../core/types.hpp"
#include "../index/access.hpp"
#include "../index/index.hpp"
#include "../index/input.hpp"
#include "../search/stored_vector.hpp"
#include "hnswlib_file.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Puts the contents of an hnswlib file into a new index, which it knows from inside.
template <class State>
class hnswlib_importer {
public:
    using key_type = typename State::key_type;

    hnswlib_importer(const hnswlib_file& file, State& to)
        : file_(file), s_(to), vector_(to.options.dim) {
        for (slot id = 0; id < file.size(); ++id) {
            if (!file.deleted(id)) kept_.push_back(id);
        }
    }

    file_result<void> run() {
        if (auto checked = check_vectors(); !checked) return checked;
        learn();
        s_.nodes.reserve(file_.size());
        s_.keys.reserve(file_.size());
        for (slot id = 0; id < file_.size(); ++id) {
            if (auto added = add(id); !added) return added;
        }
        for (slot id = 0; id < file_.size(); ++id) link(id);
        join();
        return {};
    }

private:
    /// A search for the neighbours of each vector that nothing leads to: a file can have made every one of them so.
    static constexpr std::size_t most_ef = 256;

    std::span<const float> read(slot id) {
        file_.read_vector(id, vector_);
        return vector_;
    }

    file_result<void> check_vectors() {
        for (const slot id : kept_) {
            if (const refusal why = s_.codec.refuses(read(id))) {
                return failed(file_errc::corrupt,
                              "the vector with label " + std::to_string(file_.label(id)) + " is refused: " + why.what);
            }
            if (!std::in_range<key_type>(file_.label(id))) {
                return failed(file_errc::type, "the label " + std::to_string(file_.label(id)) + " does not fit the keys");
            }
        }
        return {};
    }

    /// Shows the codec a sample, as a build does. Below that many vectors it learns from each as it comes.
    void learn() {
        if constexpr (learning<typename State::codec_type>) {
            if (kept_.size() < centre::wanted) return;
            const std::vector<float> sample =
                spread_sample<float>(kept_.size(), [&](std::size_t i) { return read(kept_[i]); });
            s_.codec.fit(rows(sample, vector_.size()));
        }
    }

    /// Adds a vector under its label; a deleted one as a dead node, without either, for what its links are good for.
    file_result<void> add(slot number) {
        const slot id = s_.nodes.allocate_at(file_.level(number));
        if (file_.deleted(number)) {
            s_.nodes.at(id).state.store(node_state::dead, std::memory_order_relaxed);
            return {};
        }
        const std::span<const float> vector = read(number);
        if constexpr (learning<typename State::codec_type>) s_.codec.observe(vector);
        store_vector(s_.nodes, s_.codec, id, vector);
        s_.keys.assign(id, static_cast<key_type>(file_.label(number)));
        if (!s_.keys.claim(id)) {
            return failed(file_errc::corrupt, "the label " + std::to_string(file_.label(number)) + " is there twice");
        }
        s_.nodes.at(id).state.store(node_state::live, std::memory_order_release);
        return {};
    }

    void link(slot id) {
        for (unsigned level = 0; level <= file_.level(id); ++level) {
            links_.clear();
            file_.each_link(id, level, [&](slot other) { links_.push_back({0.0f, other}); });
            s_.nodes.links(id, level).assign(links_);
        }
    }

    /// Makes of nodes and links a graph that keeps what sextant promises, without those that were deleted.
    void join() {
        if (file_.size() == 0) return;
        s_.nodes.raise_entry(file_.entry());
        repair(s_.nodes, s_.codec, std::min(s_.options.ef_construction, most_ef));
        for (slot id = 0; id < file_.size(); ++id) {
            if (file_.deleted(id)) s_.nodes.release(id);
        }
        s_.size.store(kept_.size(), std::memory_order_relaxed);
    }

    const hnswlib_file& file_;
    State& s_;
    std::vector<float> vector_;
    std::vector<slot> kept_;  // the file's vectors that are not deleted
    std::vector<neighbor> links_;
};

/// Makes an index of an index file of hnswlib that lies in memory: of vectors of `dim` floats under squared L2, inner product
/// or cosine, which must be the Index's metric, because the file does not say. Under cosine such files hold normalised
/// vectors, and these are what get() returns. Takes over labels as keys, levels, links, M as degree, and ef_construction;
/// vectors are stored as the Index's codec stores them. Vectors that were deleted are left out, and what led through them is
/// mended. Nothing is trusted: whatever the file holds, the outcome is an error or a sound index of its vectors, for
/// which it takes a small multiple of the file's size. O(bytes), and an insertion's search for each vector that no link
/// leads to. Throws std::bad_alloc, and errc::bad_option if `dim` is out of range.
template <class Index>
file_result<Index> import_hnswlib(std::span<const std::byte> bytes, std::size_t dim,
                                  typename Index::codec_type::metric_type metric = {}) {
    static_assert(std::same_as<typename Index::element, float>, "hnswlib's files hold floats");
    static_assert(std::integral<typename Index::key_type>, "hnswlib's labels are integers");
    check(index_options{.dim = dim}, Index::codec_type::max_dim);
    auto file = hnswlib_file::parse(bytes, dim);
    if (!file) return unexpected(std::move(file).error());
    const auto ef = static_cast<std::size_t>(std::clamp<std::uint64_t>(file->ef_construction(), 1, 65'536));
    Index index({.dim = dim, .degree = file->degree(), .ef_construction = ef}, std::move(metric));
    auto& state = index_access::state(index);
    if (auto done = hnswlib_importer(*file, state).run(); !done) return unexpected(std::move(done).error());
    return file_result<Index>(std::move(index));
}

/// The same from a file, which is read into memory for as long as it takes.
///     auto index = sextant::import_hnswlib<sextant::index<sextant::l2>>("old.bin", 128);
///     if (!index) log(index.error().message);
template <class Index>
file_result<Index> import_hnswlib(const std::filesystem::path& path, std::size_t dim,
                                  typename Index::codec_type::metric_type metric = {}) {
    check(index_options{.dim = dim}, Index::codec_type::max_dim);
    std::error_code failure;
    const std::filesystem::file_status status = std::filesystem::status(path, failure);
    if (failure) return system_failed("cannot open " + path.string(), failure.value());
    if (!std::filesystem::is_regular_file(status)) return failed(file_errc::not_a_file, path.string() + " is no file");
    const std::uintmax_t size = std::filesystem::file_size(path, failure);
    if (failure) return system_failed("cannot open " + path.string(), failure.value());
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) return system_failed("cannot open " + path.string(), errno);

    // A few bytes tell whether the rest is worth its memory.
    std::array<std::byte, hnswlib_header::bytes> start{};
    in.read(reinterpret_cast<char*>(start.data()), static_cast<std::streamsize>(start.size()));
    if (!in) return failed(file_errc::truncated, "the file is shorter than its header");
    if (auto checked = hnswlib_header(start).check(size, dim); !checked) return unexpected(std::move(checked).error());
    const auto bytes = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(size));
    std::copy(start.begin(), start.end(), bytes.get());
    in.read(reinterpret_cast<char*>(bytes.get() + start.size()), static_cast<std::streamsize>(size - start.size()));
    if (!in) return failed(file_errc::truncated, "the file ended while it was read");
    return import_hnswlib<Index>(std::span<const std::byte>(bytes.get(), static_cast<std::size_t>(size)), dim,
                                 std::move(metric));
}

}  // namespace sextant::inline SEXTANT_ABI
