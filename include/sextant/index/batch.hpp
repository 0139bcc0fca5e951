#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The answers to many queries, in one block: row i holds those of query i, nearest first, and may be shorter than k.
template <class Key>
class batch_result {
public:
    batch_result(std::size_t rows, std::size_t k) : hits_(rows * k), counts_(rows), k_(k) {}

    std::size_t rows() const noexcept { return counts_.size(); }
    std::size_t k() const noexcept { return k_; }
    std::span<const hit<Key>> operator[](std::size_t row) const noexcept { return {hits_.data() + row * k_, counts_[row]}; }

    /// The whole row, to be filled; set_count() says how much of it was.
    std::span<hit<Key>> row(std::size_t row) noexcept { return {hits_.data() + row * k_, k_}; }
    void set_count(std::size_t row, std::size_t count) noexcept { counts_[row] = count; }

private:
    std::vector<hit<Key>> hits_;
    std::vector<std::size_t> counts_;
    std::size_t k_;
};

}  // namespace sextant::inline SEXTANT_ABI
