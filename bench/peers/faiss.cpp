#include "peers/normalised.hpp"
#include "peers/peer.hpp"
#include <algorithm>
#include <array>
#include <faiss/IndexHNSW.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/utils/Heap.h>
#include <omp.h>
#include <vector>

namespace bench {
namespace {

// Faiss's graph search wants smaller to be nearer; its own wrapper for inner products is not part of its
// headers.
class negated final : public faiss::DistanceComputer {
public:
    explicit negated(std::unique_ptr<faiss::DistanceComputer> inner) : inner_(std::move(inner)) {}
    void set_query(const float* x) override { inner_->set_query(x); }
    float operator()(idx_t i) override { return -(*inner_)(i); }
    float symmetric_dis(idx_t i, idx_t j) override { return -inner_->symmetric_dis(i, j); }

private:
    std::unique_ptr<faiss::DistanceComputer> inner_;
};

class counting final : public faiss::DistanceComputer {
public:
    explicit counting(faiss::DistanceComputer& inner) : inner_(inner) {}
    void set_query(const float* x) override { inner_.set_query(x); }
    float operator()(idx_t i) override {
        ++calls;
        return inner_(i);
    }
    float symmetric_dis(idx_t i, idx_t j) override { return inner_.symmetric_dis(i, j); }

    std::uint64_t calls = 0;

private:
    faiss::DistanceComputer& inner_;
};

// IndexHNSW::search makes its visited table and distance computer anew in every call, which pays off over a
// batch. This is the body of that call with both kept from query to query, so that queries can come one by
// one.
class faiss_searcher final : public searcher {
public:
    faiss_searcher(const faiss::IndexHNSWFlat& index, metric_kind metric, std::size_t k)
        : index_(index), normalised_(metric, static_cast<std::size_t>(index.d)),
          visited_(static_cast<int>(index.ntotal)), distances_(k), labels_(k) {
        distance_.reset(index.storage->get_distance_computer());
        if (metric != metric_kind::l2) {
            distance_ = std::make_unique<negated>(std::move(distance_));
        }
    }

    std::size_t search(std::span<const float> query, std::span<std::uint32_t> ids) override {
        return search_with(*distance_, query, ids);
    }

    std::uint64_t count_distances(std::span<const float> query, std::span<std::uint32_t> ids) override {
        counting counter(*distance_);
        search_with(counter, query, ids);
        return counter.calls;
    }

private:
    std::size_t search_with(faiss::DistanceComputer& distance, std::span<const float> query,
                            std::span<std::uint32_t> ids) {
        distance.set_query(normalised_(query));
        faiss::maxheap_heapify(labels_.size(), distances_.data(), labels_.data());
        index_.hnsw.search(distance, static_cast<int>(labels_.size()), labels_.data(), distances_.data(),
                           visited_);
        faiss::maxheap_reorder(labels_.size(), distances_.data(), labels_.data());
        std::size_t found = 0;
        while (found < labels_.size() && labels_[found] >= 0) {
            ids[found] = static_cast<std::uint32_t>(labels_[found]);
            ++found;
        }
        return found;
    }

    const faiss::IndexHNSWFlat& index_;
    normalised normalised_;
    faiss::VisitedTable visited_;
    std::unique_ptr<faiss::DistanceComputer> distance_;
    std::vector<float> distances_;
    std::vector<faiss::Index::idx_t> labels_;
};

class faiss_peer final : public peer {
public:
    faiss_peer(const build_settings& settings, std::size_t dim)
        : settings_(settings),
          index_(static_cast<int>(dim), static_cast<int>(settings.degree),
                 settings.metric == metric_kind::l2 ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT) {
        index_.hnsw.efConstruction = static_cast<int>(settings.ef_construction);
    }

    void build(const float_matrix& base, const build_progress& /*add() reports none*/) override {
        omp_set_num_threads(static_cast<int>(settings_.threads));
        const auto rows = static_cast<faiss::Index::idx_t>(base.rows());
        if (settings_.metric != metric_kind::cosine) {
            index_.add(rows, base.values.data());
            return;
        }
        std::vector<float> scaled(base.values.size());
        normalised scale(settings_.metric, base.dim);
        for (std::size_t row = 0; row < base.rows(); ++row) {
            std::copy_n(scale(base[row]), base.dim, scaled.data() + row * base.dim);
        }
        index_.add(rows, scaled.data());
    }

    std::unique_ptr<searcher> make_searcher(std::size_t ef, std::size_t k) override {
        // Not by SearchParametersHNSW: Faiss 1.7.3 still sizes its candidate heap by the member.
        index_.hnsw.efSearch = static_cast<int>(ef);
        return std::make_unique<faiss_searcher>(index_, settings_.metric, k);
    }

private:
    build_settings settings_;
    faiss::IndexHNSWFlat index_;
};

} // namespace

std::span<const codec_entry> faiss_codecs() {
    static constexpr std::array entries{
        codec_entry{"f32",
                    [](const build_settings& settings, std::size_t dim) -> std::unique_ptr<peer> {
                        return std::make_unique<faiss_peer>(settings, dim);
                    }},
    };
    return entries;
}

} // namespace bench
