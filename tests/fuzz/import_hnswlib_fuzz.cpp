#include <sextant/sextant.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/require.hpp"

namespace {

using fuzz::require;

/// Whatever the bytes are, what comes of them is refused or is a sound index that answers and goes on growing.
template <class Index>
void import(std::span<const std::byte> bytes, std::size_t dim) {
    auto index = sextant::import_hnswlib<Index>(bytes, dim);
    if (!index) return;
    require(index->validate().ok(), "what was imported is sound");
    const std::vector<float> query(dim, 0.5f);
    const auto hits = index->search(query, index->size() + 1, {.ef = index->size() + 1});
    require(hits.size() == index->size(), "everything is found");
    for (const auto& hit : hits) {
        require(!std::isnan(hit.distance), "distances are numbers");
        require(index->get(hit.key).has_value(), "keys lead to vectors");
    }
    const bool known = index->contains(1);
    require(index->insert(1, query) != known, "insertion goes on");
    require(index->erase(1), "and so does erasure");
    require(index->validate().ok(), "what was changed is sound");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    import<sextant::index<sextant::l2>>(bytes, 3);
    import<sextant::index<sextant::cosine, sextant::lvq<8>>>(bytes, 3);
    return 0;
}
