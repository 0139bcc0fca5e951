#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Borrows a `Scratch` of the calling thread for the length of one operation, so that a thread that keeps working stops
/// allocating. A thread keeps more than one only if operations nest, as when a filter searches in turn. One that has
/// grown above SEXTANT_SCRATCH_CAP bytes, as its bytes() says, is freed when it is given back; so is all that a thread borrows
/// when what it kept is gone already, in the destructors of static and thread-local objects.
template <class Scratch>
class lease {
public:
    /// Throws std::bad_alloc.
    lease() {
        if (auto* const mine = kept(); mine != nullptr && !mine->empty()) {
            scratch_ = std::move(mine->back());
            mine->pop_back();
        } else {
            if (mine != nullptr) mine->reserve(4);  // so that giving it back cannot fail
            scratch_ = std::make_unique<Scratch>();
        }
    }

    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;

    ~lease() {
        auto* const mine = kept();
        if (mine == nullptr || scratch_->bytes() > SEXTANT_SCRATCH_CAP) return;
        if (mine->size() < mine->capacity()) mine->push_back(std::move(scratch_));
    }

    Scratch& operator*() const noexcept { return *scratch_; }
    Scratch* operator->() const noexcept { return scratch_.get(); }

    /// Frees what the calling thread keeps.
    static void release() noexcept {
        if (auto* const mine = kept()) std::vector<std::unique_ptr<Scratch>>().swap(*mine);
    }

private:
    struct keeper {
        std::vector<std::unique_ptr<Scratch>> kept;
        ~keeper() { ended() = true; }
    };

    /// What the calling thread keeps; null when that is gone.
    static std::vector<std::unique_ptr<Scratch>>* kept() noexcept {
        if (ended()) return nullptr;
        thread_local keeper mine;
        return &mine.kept;
    }

    /// Whether the calling thread's keeper is gone. It has no destructor and lasts as long as the thread.
    static bool& ended() noexcept {
        static constinit thread_local bool gone = false;
        return gone;
    }

    std::unique_ptr<Scratch> scratch_;
};

}  // namespace sextant::inline SEXTANT_ABI
