#pragma once

#include <sextant/sextant.hpp>

#include "datasets/parallel_for.hpp"
#include "peers/peer.hpp"
#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

/// Codecs of sextant as contestants. One file per family instantiates this, because each codec is three indexes to compile.
namespace bench {

template <class Index>
class sextant_searcher final : public searcher {
public:
    sextant_searcher(const Index& index, std::size_t ef, std::size_t k) : index_(index), ef_(ef), hits_(k) {}

    std::size_t search(std::span<const float> query, std::span<std::uint32_t> ids) override {
        return copy_ids(index_.search_into(query, hits_, {.ef = ef_}), ids);
    }

    std::uint64_t count_distances(std::span<const float> query, std::span<std::uint32_t> ids) override {
        sextant::search_stats stats{};
        copy_ids(index_.search_into(query, hits_, {.ef = ef_, .stats = &stats}), ids);
        return stats.distances;
    }

private:
    using hit = typename Index::hit_type;

    static std::size_t copy_ids(std::span<const hit> found, std::span<std::uint32_t> ids) {
        std::ranges::transform(found, ids.begin(),
                               [](const hit& one) { return static_cast<std::uint32_t>(one.key); });
        return found.size();
    }

    const Index& index_;
    std::size_t ef_;
    std::vector<hit> hits_;
};

template <class Metric, class Codec>
class sextant_peer : public peer {
public:
    sextant_peer(const build_settings& settings, std::size_t dim)
        : settings_(settings),
          index_({.dim = dim, .degree = settings.degree, .ef_construction = settings.ef_construction}) {}

    void build(const float_matrix& base, const build_progress& progress) override {
        if (settings_.bulk) {
            std::vector<std::uint64_t> keys(base.rows());
            std::iota(keys.begin(), keys.end(), std::uint64_t{0});
            sextant::thread_pool pool(settings_.threads);
            index_.build(keys, sextant::rows(base.values, base.dim),
                         {.executor = &pool, .progress = progress});
            return;
        }
        std::atomic<std::size_t> done{0};
        parallel_for(base.rows(), settings_.threads, [&](std::size_t row, std::size_t) {
            index_.insert(row, base[row]);
            progress(done.fetch_add(1, std::memory_order_relaxed) + 1, base.rows());
        });
    }

    std::unique_ptr<searcher> make_searcher(std::size_t ef, std::size_t k) override {
        return std::make_unique<sextant_searcher<index>>(index_, ef, k);
    }

    std::optional<std::size_t> reported_bytes() const override { return index_.memory_usage().total(); }

protected:
    using index = sextant::index<Metric, Codec>;

    build_settings settings_;
    index index_;
};

template <class Codec, template <class, class> class Peer = sextant_peer>
std::unique_ptr<peer> make_sextant(const build_settings& settings, std::size_t dim) {
    switch (settings.metric) {
    case metric_kind::l2: return std::make_unique<Peer<sextant::l2, Codec>>(settings, dim);
    case metric_kind::ip: return std::make_unique<Peer<sextant::inner_product, Codec>>(settings, dim);
    case metric_kind::cosine: return std::make_unique<Peer<sextant::cosine, Codec>>(settings, dim);
    }
    throw std::logic_error("unknown metric");
}

std::span<const codec_entry> sextant_plain_codecs();
std::span<const codec_entry> sextant_lvq_codecs();
std::span<const codec_entry> sextant_rabitq_codecs();
std::span<const codec_entry> sextant_rabitq_f16_codecs();
std::span<const codec_entry> sextant_rabitq_lvq_codecs();

} // namespace bench
