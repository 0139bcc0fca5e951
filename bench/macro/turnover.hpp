#pragma once

#include "datasets/exact_distance.hpp"
#include "datasets/exact_truth.hpp"
#include "datasets/matrix.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace bench {

enum class protocol {
    random, ///< each round replaces keys drawn at random
    window, ///< each round replaces the keys whose vectors have been there longest
};

struct replacement {
    std::uint32_t key;
    std::uint32_t row; ///< of the base: the new vector
};

/// Which row of the base each key holds. It begins with the first half; the other rows come in, and rows that
/// went out come again once none is left that was never in.
class turnover {
public:
    turnover(std::size_t base_rows, protocol kind)
        : kind_(kind), rows_(base_rows / 2), held_(base_rows, false) {
        for (std::size_t key = 0; key < rows_.size(); ++key) {
            rows_[key] = static_cast<std::uint32_t>(key);
            held_[key] = true;
        }
        next_row_ = rows_.size();
    }

    [[nodiscard]] std::span<const std::uint32_t> rows() const { return rows_; }
    [[nodiscard]] bool holds(std::size_t row) const { return held_[row]; }

    /// The replacements of one round, each of another key, which then counts as done.
    std::vector<replacement> next_round(std::size_t count) {
        std::vector<replacement> round;
        std::vector<bool> met(rows_.size(), false);
        while (round.size() < std::min(count, rows_.size())) {
            const std::size_t key =
                kind_ == protocol::window ? oldest_++ % rows_.size() : random_() % rows_.size();
            if (met[key]) {
                continue;
            }
            met[key] = true;
            while (held_[next_row_ % held_.size()]) {
                ++next_row_;
            }
            const std::size_t row = next_row_++ % held_.size();
            held_[rows_[key]] = false;
            held_[row] = true;
            rows_[key] = static_cast<std::uint32_t>(row);
            round.push_back({static_cast<std::uint32_t>(key), rows_[key]});
        }
        return round;
    }

private:
    protocol kind_;
    std::vector<std::uint32_t> rows_;
    std::vector<bool> held_;
    std::size_t next_row_ = 0;
    std::size_t oldest_ = 0;
    std::mt19937_64 random_{1};
};

/// The exact neighbours of each query among the rows held at the moment. The nearest of the whole base are
/// computed once, many more than are asked for, so that nearly always enough of them are held; where not, all
/// rows held are compared.
class current_truth {
public:
    template <class Progress>
    current_truth(const float_matrix& base, const float_matrix& queries, const exact_distances& distance,
                  std::size_t k, std::size_t threads, Progress&& progress)
        : queries_(queries), distance_(distance), k_(k), threads_(threads),
          ranking_(exact_truth(base, queries, distance, 30 * k, threads, std::forward<Progress>(progress))) {}

    [[nodiscard]] id_matrix operator()(const turnover& contents) const {
        id_matrix truth;
        truth.dim = k_;
        truth.values.resize(queries_.rows() * k_);
        parallel_for(queries_.rows(), threads_, [&](std::size_t query, std::size_t) {
            std::size_t found = 0;
            for (const std::uint32_t row : ranking_[query]) {
                if (found < k_ && contents.holds(row)) {
                    truth[query][found++] = row;
                }
            }
            if (found < k_) {
                compare_all(contents, query, truth[query]);
            }
        });
        return truth;
    }

private:
    void compare_all(const turnover& contents, std::size_t query, std::span<std::uint32_t> nearest) const {
        std::vector<std::pair<double, std::uint32_t>> scored;
        for (const std::uint32_t row : contents.rows()) {
            scored.emplace_back(distance_(queries_[query], row), row);
        }
        const auto middle = scored.begin() + static_cast<std::ptrdiff_t>(k_);
        std::partial_sort(scored.begin(), middle, scored.end());
        std::transform(scored.begin(), middle, nearest.begin(), [](const auto& hit) { return hit.second; });
    }

    const float_matrix& queries_;
    const exact_distances& distance_;
    std::size_t k_;
    std::size_t threads_;
    id_matrix ranking_;
};

} // namespace bench
