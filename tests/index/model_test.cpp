#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "index/support/cases.hpp"
#include "index/support/soundness.hpp"

namespace model_test {

using sextant::hit;
using support::key_of;
using support::index_case;
using support::uuid;
using support::uuid_hash;

/// What an index holds, in a map, searched by looking at everything.
template <class Case>
class model {
public:
    using key = typename Case::key;
    using element = typename Case::element;

    bool insert(const key& name, std::span<const element> vector) {
        const std::size_t order = entries_.size();
        return entries_.try_emplace(name, entry{order, {vector.begin(), vector.end()}}).second;
    }

    bool contains(const key& name) const { return entries_.count(name) != 0; }
    const std::vector<element>& at(const key& name) const { return entries_.at(name).vector; }
    std::size_t size() const { return entries_.size(); }

    struct ranked {
        double distance;
        std::size_t order;  ///< ties go to what came first
        key name;

        bool operator<(const ranked& other) const {
            return distance < other.distance || (distance == other.distance && order < other.order);
        }
    };

    std::vector<ranked> ranking(std::span<const element> query, const std::function<bool(const key&)>& allowed) const {
        std::vector<ranked> all;
        for (const auto& [name, e] : entries_) {
            if (allowed(name)) all.push_back({distance(query, e.vector), e.order, name});
        }
        std::sort(all.begin(), all.end());
        return all;
    }

    static double distance(std::span<const element> a, std::span<const element> b) {
        return support::reference_distance(typename Case::metric{}, a, b);
    }

private:
    struct entry {
        std::size_t order;
        std::vector<element> vector;
    };

    std::map<key, entry> entries_;
};

template <class Case>
class index_model : public testing::Test {
protected:
    using key = typename Case::key;
    using element = typename Case::element;
    using hits = std::vector<hit<key>>;
    using predicate = std::function<bool(const key&)>;

    /// What holds of every answer, however the graph was searched.
    void expect_answer(const hits& answer, std::span<const element> query, std::size_t k, const predicate& allowed) {
        const auto ranking = model_.ranking(query, allowed);
        ASSERT_EQ(answer.size(), std::min(k, ranking.size()));
        std::set<key> met;
        for (std::size_t i = 0; i < answer.size(); ++i) {
            ASSERT_TRUE(met.insert(answer[i].key).second) << "a key came twice";
            ASSERT_TRUE(model_.contains(answer[i].key));
            ASSERT_TRUE(allowed(answer[i].key));
            ASSERT_NEAR(answer[i].distance, model_.distance(query, model_.at(answer[i].key)), Case::tolerance);
            ASSERT_GE(answer[i].distance, ranking[i].distance - Case::tolerance) << "nearer than the nearest";
            if (i > 0) {
                ASSERT_LE(answer[i - 1].distance, answer[i].distance) << "not sorted";
            }
        }
    }

    /// What holds of an answer that saw everything.
    void expect_exact(const hits& answer, std::span<const element> query, std::size_t k, const predicate& allowed) {
        ASSERT_NO_FATAL_FAILURE(expect_answer(answer, query, k, allowed));
        const auto ranking = model_.ranking(query, allowed);
        for (std::size_t i = 0; i < answer.size(); ++i) {
            ASSERT_NEAR(answer[i].distance, ranking[i].distance, Case::tolerance) << "at " << i;
            if (Case::tolerance == 0.0) {
                ASSERT_EQ(answer[i].key, ranking[i].name) << "at " << i;
            }
        }
    }

    key random_key() { return key_of<key>(random_() % keys); }
    std::span<const element> random_vector() { return vectors_[random_() % vectors_.rows]; }

    void insert() {
        const key name = random_key();
        const auto vector = random_vector();
        ASSERT_EQ(index_.insert(name, vector), model_.insert(name, vector));
    }

    void build() {
        std::set<std::uint64_t> numbers;
        while (numbers.size() < 20) numbers.insert(random_() % keys);
        std::vector<key> names;
        std::vector<element> block;
        std::size_t fresh = 0;
        for (const std::uint64_t number : numbers) {
            const auto vector = random_vector();
            names.push_back(key_of<key>(number));
            block.insert(block.end(), vector.begin(), vector.end());
            fresh += model_.insert(names.back(), vector) ? 1u : 0u;
        }
        ASSERT_EQ(index_.build(names, sextant::rows(block, vectors_.dim)), fresh);
    }

    void look_up() {
        const key name = random_key();
        ASSERT_EQ(index_.contains(name), model_.contains(name));
        const auto vector = index_.get(name);
        ASSERT_EQ(vector.has_value(), model_.contains(name));
        if (vector) {
            ASSERT_EQ(*vector, model_.at(name));
        }
    }

    void search() {
        const auto query = queries_[random_() % queries_.rows];
        const std::size_t k = random_() % 4 == 0 ? random_() % 2000 : random_() % 12;
        const std::size_t ef = random_() % 80;
        predicate allowed = [](const key&) { return true; };
        if (random_() % 2 == 0) {
            const std::size_t share = 1 + random_() % 20;
            allowed = [share](const key& name) { return typename Case::hash{}(name) / 7 % share == 0; };
        }
        const predicate all = [](const key&) { return true; };
        const std::size_t n = model_.size();
        ASSERT_NO_FATAL_FAILURE(expect_answer(index_.search(query, k, {.ef = ef}), query, k, all));
        ASSERT_NO_FATAL_FAILURE(expect_answer(index_.search(query, k, {.ef = ef, .filter = allowed}), query, k, allowed));
        ASSERT_NO_FATAL_FAILURE(expect_exact(index_.search_exact(query, k), query, k, all));
        ASSERT_NO_FATAL_FAILURE(expect_exact(index_.search_exact(query, k, {.filter = allowed}), query, k, allowed));
        // Every node can be reached, so a beam that holds them all has seen them all.
        ASSERT_NO_FATAL_FAILURE(expect_exact(index_.search(query, k, {.ef = n}), query, k, all));
        ASSERT_NO_FATAL_FAILURE(expect_exact(index_.search(query, k, {.ef = n}, allowed), query, k, allowed));
    }

    static constexpr std::uint64_t keys = 1200;

    typename Case::index index_{{.dim = Case::dim, .degree = 4, .ef_construction = 20}};
    model<Case> model_;
    support::matrix<element> vectors_ = Case::points(900, 91);
    support::matrix<element> queries_ = Case::points(100, 92);
    std::mt19937_64 random_{93};
};

using cases =
    testing::Types<index_case<sextant::l2, std::uint64_t>, index_case<sextant::inner_product, std::string>,
                   index_case<sextant::cosine, std::uint64_t>, index_case<sextant::hamming, std::uint64_t>,
                   index_case<support::chebyshev, std::uint64_t>, index_case<sextant::cosine, uuid, uuid_hash>,
                   index_case<sextant::hamming, std::string>>;
TYPED_TEST_SUITE(index_model, cases);

TYPED_TEST(index_model, agrees_with_a_map_and_a_scan_after_any_operations) {
    for (int step = 0; step < 1500; ++step) {
        SCOPED_TRACE("step " + std::to_string(step));
        switch (this->random_() % 8) {
            case 0:
                if (step % 5 == 0) {
                    ASSERT_NO_FATAL_FAILURE(this->build());
                }
                break;
            case 1:
                ASSERT_NO_FATAL_FAILURE(this->search());
                break;
            case 2:
            case 3:
                ASSERT_NO_FATAL_FAILURE(this->look_up());
                break;
            default:
                ASSERT_NO_FATAL_FAILURE(this->insert());
        }
        ASSERT_EQ(this->index_.size(), this->model_.size());
        ASSERT_EQ(this->index_.empty(), this->model_.size() == 0);
    }
    EXPECT_GT(this->model_.size(), 400u) << "the walk must get somewhere";
    support::expect_sound(this->index_.nodes());
}

}  // namespace model_test
