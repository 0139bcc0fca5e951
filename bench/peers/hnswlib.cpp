#include "datasets/parallel_for.hpp"
#include "peers/normalised.hpp"
#include "peers/peer.hpp"
#include <array>
#include <atomic>
#include <hnswlib/hnswlib.h>
#include <vector>

namespace bench {
namespace {

using graph = hnswlib::HierarchicalNSW<float>;

// Stands in for the index's distance function during count_distances, which never runs beside another search.
hnswlib::DISTFUNC<float> counted_function = nullptr;
std::uint64_t counted_calls = 0;

float counting_distance(const void* a, const void* b, const void* dim) {
    ++counted_calls;
    return counted_function(a, b, dim);
}

class hnswlib_searcher final : public searcher {
public:
    hnswlib_searcher(graph& index, metric_kind metric, std::size_t dim, std::size_t k)
        : index_(index), normalised_(metric, dim), k_(k) {}

    std::size_t search(std::span<const float> query, std::span<std::uint32_t> ids) override {
        auto nearest = index_.searchKnn(normalised_(query), k_);
        const std::size_t found = nearest.size();
        for (std::size_t i = found; i-- > 0; nearest.pop()) {
            ids[i] = static_cast<std::uint32_t>(nearest.top().second);
        }
        return found;
    }

    std::uint64_t count_distances(std::span<const float> query, std::span<std::uint32_t> ids) override {
        counted_function = index_.fstdistfunc_;
        counted_calls = 0;
        index_.fstdistfunc_ = counting_distance;
        search(query, ids);
        index_.fstdistfunc_ = counted_function;
        return counted_calls;
    }

private:
    graph& index_;
    normalised normalised_;
    std::size_t k_;
};

class hnswlib_peer final : public peer {
public:
    hnswlib_peer(const build_settings& settings, std::size_t dim)
        : settings_(settings), dim_(dim), replacement_(settings.metric, dim) {
        if (settings.metric == metric_kind::l2) {
            space_ = std::make_unique<hnswlib::L2Space>(dim);
        } else {
            space_ = std::make_unique<hnswlib::InnerProductSpace>(dim);
        }
    }

    void build(const float_matrix& base, const build_progress& progress) override {
        index_ =
            std::make_unique<graph>(space_.get(), base.rows(), settings_.degree, settings_.ef_construction);
        std::vector<normalised> scaled(settings_.threads, normalised(settings_.metric, dim_));
        std::atomic<std::size_t> done{0};
        parallel_for(base.rows(), settings_.threads, [&](std::size_t row, std::size_t thread) {
            index_->addPoint(scaled[thread](base[row]), row);
            progress(done.fetch_add(1, std::memory_order_relaxed) + 1, base.rows());
        });
    }

    std::unique_ptr<searcher> make_searcher(std::size_t ef, std::size_t k) override {
        index_->setEf(ef);
        return std::make_unique<hnswlib_searcher>(*index_, settings_.metric, dim_, k);
    }

    /// Version 0.6.2 gives a label another vector when it is added again; later versions do the same work
    /// with another label, when they replace an element that was marked deleted.
    void replace(std::uint32_t id, std::span<const float> vector) override {
        index_->addPoint(replacement_(vector), id);
    }

    /// Along links of any level.
    [[nodiscard]] std::optional<std::size_t> unreachable() const override {
        std::vector<bool> met(index_->cur_element_count, false);
        std::vector<hnswlib::tableint> open{index_->enterpoint_node_};
        met[index_->enterpoint_node_] = true;
        std::size_t missing = met.size() - 1;
        while (!open.empty()) {
            const hnswlib::tableint id = open.back();
            open.pop_back();
            for (int level = 0; level <= index_->element_levels_[id]; ++level) {
                for (const hnswlib::tableint other : index_->getConnectionsWithLock(id, level)) {
                    if (!met[other]) {
                        met[other] = true;
                        open.push_back(other);
                        --missing;
                    }
                }
            }
        }
        return missing;
    }

private:
    build_settings settings_;
    std::size_t dim_;
    normalised replacement_;
    std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
    std::unique_ptr<graph> index_;
};

} // namespace

std::span<const codec_entry> hnswlib_codecs() {
    static constexpr std::array entries{
        codec_entry{"f32",
                    [](const build_settings& settings, std::size_t dim) -> std::unique_ptr<peer> {
                        return std::make_unique<hnswlib_peer>(settings, dim);
                    }},
    };
    return entries;
}

} // namespace bench
