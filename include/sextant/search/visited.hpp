#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "../core/random.hpp"
#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The set of slots one search has met. Up to `dense_limit` slots it is a byte per slot that holds the number of the
/// search that last met it, so a new search begins by counting up and the bytes are cleared once in 255 searches.
/// Beyond, where those bytes would miss every cache and cost every thread their size, it is a hash set as large as
/// the search is.
class visited_set {
public:
    static constexpr std::size_t dense_limit = std::size_t{1} << 24;

    /// Begins a search over slots below `slots`. May allocate: throws std::bad_alloc.
    void begin(std::size_t slots) {
        dense_ = slots <= dense_limit;
        if (dense_) {
            if (marks_.size() < slots) {
                // A growing index asks for one more slot each time: grow in steps.
                marks_.resize(slots + slots / 4 + 64, 0);
            }
            if (++mark_ == 0) {
                std::memset(marks_.data(), 0, marks_.size());
                mark_ = 1;
            }
        } else {
            if (table_.empty()) table_.resize(4096, 0);
            used_ = 0;
            if (++stamp_ == 0) {
                std::memset(table_.data(), 0, table_.size() * sizeof(table_[0]));
                stamp_ = 1;
            }
        }
    }

    /// Adds a slot; true if it was not there. A slot that was allocated after begin() may be beyond the marks: it counts
    /// as met, because a search need not see what is inserted while it runs.
    SEXTANT_INLINE bool insert(slot id) {
        if (dense_) [[likely]] {
            if (id >= marks_.size()) [[unlikely]] return false;
            if (marks_[id] == mark_) return false;
            marks_[id] = mark_;
            return true;
        }
        return insert_sparse(id);
    }

    SEXTANT_INLINE void prefetch(slot id) const noexcept {
        if (dense_) SEXTANT_PREFETCH(marks_.data() + id);
    }

    std::size_t bytes() const noexcept { return marks_.capacity() + table_.capacity() * sizeof(table_[0]); }

private:
    bool insert_sparse(slot id) {
        if (2 * (used_ + 1) > table_.size()) grow();
        const std::uint64_t entry = (std::uint64_t{stamp_} << 32) | id;
        for (std::size_t i = mix(id);; ++i) {
            std::uint64_t& cell = table_[i & (table_.size() - 1)];
            if (cell == entry) return false;
            if (cell >> 32 != stamp_) {
                cell = entry;
                ++used_;
                return true;
            }
        }
    }

    void grow() {
        std::vector<std::uint64_t> old(2 * table_.size(), 0);
        old.swap(table_);
        used_ = 0;
        for (const std::uint64_t entry : old) {
            if (entry >> 32 == stamp_) insert_sparse(static_cast<slot>(entry));
        }
    }

    std::vector<std::uint8_t> marks_;
    std::vector<std::uint64_t> table_;  // stamp << 32 | slot; a power of two of them
    std::size_t used_ = 0;
    std::uint32_t stamp_ = 0;
    std::uint8_t mark_ = 0;
    bool dense_ = true;
};

}  // namespace sextant::inline SEXTANT_ABI
