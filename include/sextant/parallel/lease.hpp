#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Borrows a `Scratch` of the calling thread for the length of one operation, so that a thread that keeps working stops
/// allocating. A thread keeps more than one only if operations nest, as when a filter searches in turn. One that has
/// grown above SEXTANT_SCRATCH_CAP bytes, as its bytes() says, is freed when it is given back.
template <class Scratch>
class lease {
public:
    /// Throws std::bad_alloc.
    lease() {
        auto& mine = kept();
        if (mine.empty()) {
            mine.reserve(4);  // so that giving it back cannot fail
            scratch_ = std::make_unique<Scratch>();
        } else {
            scratch_ = std::move(mine.back());
            mine.pop_back();
        }
    }

    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;

    ~lease() {
        auto& mine = kept();
        if (scratch_->bytes() <= SEXTANT_SCRATCH_CAP && mine.size() < mine.capacity()) mine.push_back(std::move(scratch_));
    }

    Scratch& operator*() const noexcept { return *scratch_; }
    Scratch* operator->() const noexcept { return scratch_.get(); }

    /// Frees what the calling thread keeps.
    static void release() noexcept { std::vector<std::unique_ptr<Scratch>>().swap(kept()); }

private:
    static std::vector<std::unique_ptr<Scratch>>& kept() {
        thread_local std::vector<std::unique_ptr<Scratch>> mine;
        return mine;
    }

    std::unique_ptr<Scratch> scratch_;
};

}  // namespace sextant::inline SEXTANT_ABI
