#include "io/support/hnswlib_index.hpp"

#include <hnswlib/hnswlib.h>

#include <memory>
#include <vector>

namespace support {

struct hnswlib_index::parts {
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> index;
};

hnswlib_index::hnswlib_index(space metric, std::size_t dim, std::size_t capacity, std::size_t degree,
                             std::size_t ef_construction)
    : parts_(std::make_unique<parts>()) {
    if (metric == space::l2) {
        parts_->space = std::make_unique<hnswlib::L2Space>(dim);
    } else {
        parts_->space = std::make_unique<hnswlib::InnerProductSpace>(dim);
    }
    parts_->index =
        std::make_unique<hnswlib::HierarchicalNSW<float>>(parts_->space.get(), capacity, degree, ef_construction);
}

hnswlib_index::~hnswlib_index() = default;

void hnswlib_index::add(std::span<const float> vector, std::uint64_t label) { parts_->index->addPoint(vector.data(), label); }

void hnswlib_index::mark_deleted(std::uint64_t label) { parts_->index->markDelete(label); }

void hnswlib_index::save(const std::filesystem::path& path) const { parts_->index->saveIndex(path.string()); }

std::vector<std::uint64_t> hnswlib_index::search(std::span<const float> query, std::size_t k, std::size_t ef) const {
    parts_->index->setEf(ef);
    std::vector<std::uint64_t> labels;
    for (auto found = parts_->index->searchKnn(query.data(), k); !found.empty(); found.pop()) {
        labels.push_back(found.top().second);
    }
    return labels;
}

}  // namespace support
