// Whatever bytes there are, loading them gives an error or an index on which everything works. The bytes' own checksums are
// put right first, so that what is behind them is reached. tests/golden is a corpus to begin with:
//     load_fuzz -max_len=16384 -rss_limit_mb=512 -timeout=10 CORPUS tests/golden

#include <sextant/sextant.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "fuzz/require.hpp"
#include "io/support/file_image.hpp"

namespace {

namespace sx = sextant;
using fuzz::require;

struct bytes_hash {
    std::size_t operator()(const std::array<std::uint8_t, 16>& key) const noexcept { return key[0]; }
};

void fix_checksums(io_test::file_image& file) {
    if (file.bytes.size() < 64 + 24 * io_test::file_image::section_count) return;
    for (std::size_t s = 0; s < io_test::file_image::section_count; ++s) {
        const std::uint64_t whole = file.bytes.size();
        const std::uint64_t offset = file.offset(s);
        const std::uint64_t size = file.size(s);
        if (offset <= whole && size <= whole - offset && 4 <= whole - offset - size) file.fix(s);
    }
    file.fix_header();
}

/// True if the file is of this type, and then it has been tried.
template <class Index>
bool try_as(const std::string& bytes) {
    using key = typename Index::key_type;
    using element = typename Index::element;
    std::istringstream in(bytes);
    auto loaded = sx::load<Index>(in);
    if (!loaded) return loaded.error().code != sx::file_errc::type;
    Index& index = *loaded;
    require(index.options().ef_construction <= 65'536, "options are within bounds");
    const std::size_t length = std::is_same_v<element, float> ? index.dim() : (index.dim() + 7) / 8;

    std::set<key> keys;
    const auto all = [&](const std::vector<element>& query) {
        std::size_t found = 0;
        for (const auto& hit : index.search_exact(query, index.size())) {
            require(!std::isnan(hit.distance), "distances are numbers");
            require(index.contains(hit.key), "answers have keys");
            keys.insert(hit.key);
            ++found;
        }
        require(found == index.size() && keys.size() >= found, "a comparison with all finds all");
        for (const auto& hit : index.search(query, 10, {.ef = 30})) {
            require(keys.contains(hit.key) && !std::isnan(hit.distance), "a search finds what is there");
        }
    };
    index.validate();
    std::vector<element> query(length);
    for (std::size_t i = 0; i < length; ++i) query[i] = static_cast<element>(i % 7 + 1);
    all(query);
    std::size_t rounds = 0;
    const std::set<key> first = keys;
    for (const key& k : first) {
        require(index.get(k).has_value(), "keys lead to vectors");
        if (++rounds % 3 == 0) require(index.erase(k), "erasure goes on");
        if (rounds % 3 == 1 && rounds < 30) {
            query[rounds % length] = static_cast<element>(rounds % 50);
            require(!index.insert_or_assign(k, query), "replacement goes on");
        }
    }
    keys.clear();
    all(query);
    std::stringstream again;
    require(sx::save(index, again).has_value(), "it can be saved");
    const auto back = sx::load<Index>(again);
    require(back.has_value() && back->size() == index.size() && back->checksum() == index.checksum(),
            "and comes back as it was");
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    io_test::file_image file{std::string(reinterpret_cast<const char*>(data), size)};
    fix_checksums(file);
    static_cast<void>(try_as<sx::index<sx::l2>>(file.bytes) || try_as<sx::index<sx::cosine, sx::f16, std::string>>(file.bytes) ||
                      try_as<sx::index<sx::l2, sx::i8, std::int32_t>>(file.bytes) ||
                      try_as<sx::index<sx::hamming, sx::bits, std::array<std::uint8_t, 16>, bytes_hash>>(file.bytes) ||
                      try_as<sx::index<sx::l2, sx::lvq<4, 8>>>(file.bytes) ||
                      try_as<sx::index<sx::inner_product, sx::rerank<sx::rabitq<4>, sx::lvq<8>>>>(file.bytes));
    return 0;
}
