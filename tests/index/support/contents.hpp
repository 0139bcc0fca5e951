#pragma once

#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <type_traits>
#include <vector>

#include "index/support/cases.hpp"
#include "index/support/points.hpp"
#include "index/support/soundness.hpp"

namespace support {

/// A kind of index, and data for it. The data are whole numbers, which f32, f16, u8 and bits keep as they are and whose
/// distances are then exact in floats under every metric but cosine.
template <class MetricType, class CodecType = sextant::default_codec_t<MetricType>, class KeyType = std::uint64_t,
          class HashType = std::hash<KeyType>>
struct life_case {
    using metric = MetricType;
    using codec = CodecType;
    using key = KeyType;
    using index = sextant::index<metric, codec, key, HashType>;
    using element = typename index::element;

    static constexpr bool of_floats = std::is_same_v<element, float>;
    static constexpr std::size_t dim = of_floats ? 16 : 128;
    static constexpr sextant::index_options options{.dim = dim, .degree = 6, .ef_construction = 40};

    /// Whether a vector is the nearest to itself.
    static constexpr bool finds_itself = !std::is_same_v<metric, sextant::inner_product>;

    /// How far the distance to a stored vector may be from the reference, as a share of it and beyond that.
    static constexpr bool rough = std::is_same_v<codec, sextant::lvq<8>>;
    static constexpr double relative_tolerance = rough ? 0.03 : 0.0;
    static constexpr double tolerance = rough ? 1.0 : std::is_same_v<metric, sextant::cosine> ? 2e-6 : 0.0;

    static bool agree(double distance, double reference) {
        return std::abs(distance - reference) <= tolerance + relative_tolerance * std::abs(reference);
    }

    static matrix<element> points(std::size_t count, std::uint64_t seed) {
        if constexpr (of_floats) {
            matrix<float> rows = grid_points(count, dim, seed);
            if (std::is_same_v<codec, sextant::u8>) {
                for (float& value : rows.values) value = std::abs(value);
            }
            return rows;
        } else {
            return random_codes(count, dim / 8, seed);
        }
    }
};

/// A search that looks at everything, and compares everything anew where there is a second code.
template <class Key>
sextant::search_options<Key> looking_at_everything() {
    constexpr std::size_t all = 1'000'000;
    return {.ef = all, .rerank = all};
}

/// What an index ought to hold: a row of `points` for each key.
template <class Case>
class contents {
public:
    using key = typename Case::key;
    using element = typename Case::element;
    using index = typename Case::index;
    using hits = std::span<const sextant::hit<key>>;

    explicit contents(const matrix<element>& points) : points_(&points) {}

    std::size_t size() const { return rows_.size(); }
    bool contains(const key& name) const { return rows_.count(name) != 0; }
    bool insert(const key& name, std::size_t row) { return rows_.emplace(name, row).second; }
    bool insert_or_assign(const key& name, std::size_t row) { return rows_.insert_or_assign(name, row).second; }
    bool erase(const key& name) { return rows_.erase(name) != 0; }
    std::size_t row_of(const key& name) const { return rows_.at(name); }
    std::span<const element> vector(const key& name) const { return (*points_)[rows_.at(name)]; }
    const std::map<key, std::size_t>& rows() const { return rows_; }

    /// What holds of every answer: it is sorted, each of its keys is held, comes once and has the distance of its vector.
    void expect_valid(hits answer, std::span<const element> query) const {
        std::set<key> met;
        for (std::size_t i = 0; i < answer.size(); ++i) {
            ASSERT_TRUE(met.insert(answer[i].key).second) << "a key came twice: " << answer[i].key;
            ASSERT_TRUE(contains(answer[i].key)) << "a key that is gone: " << answer[i].key;
            ASSERT_PRED2(Case::agree, answer[i].distance, distance(query, vector(answer[i].key))) << answer[i].key;
            if (i > 0) {
                ASSERT_LE(answer[i - 1].distance, answer[i].distance);
            }
        }
    }

    /// What holds of an answer that saw all that `allowed` passes: its distances are the least there are.
    void expect_nearest(hits answer, std::span<const element> query, std::size_t k,
                        const std::function<bool(const key&)>& allowed = [](const key&) { return true; }) const {
        ASSERT_NO_FATAL_FAILURE(expect_valid(answer, query));
        std::vector<double> distances;
        for (const auto& [name, row] : rows_) {
            if (allowed(name)) distances.push_back(distance(query, (*points_)[row]));
        }
        std::sort(distances.begin(), distances.end());
        ASSERT_EQ(answer.size(), std::min(k, distances.size()));
        for (std::size_t i = 0; i < answer.size(); ++i) {
            ASSERT_TRUE(allowed(answer[i].key)) << answer[i].key;
            ASSERT_PRED2(Case::agree, answer[i].distance, distances[i]) << "the nearest number " << i;
        }
    }

    /// What holds of the whole index when nobody changes it: it has these keys with these vectors, no other, and each can
    /// be found.
    void expect_in(const index& tested) const {
        ASSERT_EQ(tested.size(), size());
        ASSERT_EQ(tested.empty(), size() == 0);
        ASSERT_NO_FATAL_FAILURE(expect_sound(tested.nodes()));
        for (const auto& [name, row] : rows_) {
            ASSERT_TRUE(tested.contains(name)) << name;
            ASSERT_NO_FATAL_FAILURE(expect_stored(tested.get(name), (*points_)[row])) << name;
        }
        const auto everything = looking_at_everything<key>();
        for (const std::size_t row : {std::size_t{0}, points_->rows / 2, points_->rows - 1}) {
            const auto query = (*points_)[row];
            ASSERT_NO_FATAL_FAILURE(expect_nearest(tested.search_exact(query, size() + 10), query, size() + 10));
            ASSERT_NO_FATAL_FAILURE(expect_nearest(tested.search(query, size() + 10, everything), query, size() + 10));
            ASSERT_NO_FATAL_FAILURE(expect_nearest(tested.search(query, 5, everything), query, 5));
        }
        if (!Case::finds_itself) return;
        for (const auto& [name, row] : rows_) {
            const auto nearest = tested.search((*points_)[row], 1, everything);
            ASSERT_EQ(nearest.size(), 1u);
            ASSERT_PRED2(Case::agree, nearest[0].distance, 0.0) << name << " is not found by its own vector";
        }
    }

    static void expect_stored(const std::optional<std::vector<element>>& stored, std::span<const element> vector) {
        ASSERT_TRUE(stored.has_value());
        if constexpr (Case::rough) {
            ASSERT_LT(squared_difference(*stored, vector).value, 0.5);
        } else {
            ASSERT_TRUE(std::ranges::equal(*stored, vector));
        }
    }

    static double distance(std::span<const element> a, std::span<const element> b) {
        return reference_distance(typename Case::metric{}, a, b);
    }

private:
    const matrix<element>* points_;
    std::map<key, std::size_t> rows_;
};

}  // namespace support
