#include "peers/peer.hpp"
#include <array>

namespace bench {

std::span<const library_entry> libraries() {
    static const std::array entries {
        library_entry{"sextant", sextant_codecs()},
#if defined(SEXTANT_BENCH_HAS_HNSWLIB)
            library_entry{"hnswlib", hnswlib_codecs()},
#endif
#if defined(SEXTANT_BENCH_HAS_FAISS)
            library_entry{"faiss", faiss_codecs()},
#endif
    };
    return entries;
}

} // namespace bench
