#include <sextant/build/clean_links.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include <sextant/graph/validate.hpp>

namespace clean_links_test {

using sextant::node_state;
using sextant::slot;

/// Six nodes, 0 to 3 live, 4 dead and 5 vacant; 0 and 1 have a level 1.
class cleaning : public testing::Test {
protected:
    sextant::graph nodes_{4, 4, 1};

    void SetUp() override {
        for (const unsigned level : {1u, 1u, 0u, 0u, 0u, 1u}) nodes_.at(nodes_.allocate_at(level)).state = node_state::live;
        nodes_.at(4).state = node_state::dead;
        nodes_.at(5).state = node_state::vacant;
    }

    void write(slot from, const std::vector<slot>& to, unsigned level = 0) {
        for (std::size_t i = 0; i < to.size(); ++i) nodes_.links(from, level).append(i, to[i]);
    }

    std::vector<slot> links(slot from, unsigned level = 0) const {
        std::vector<slot> ids;
        nodes_.links(from, level).each([&](slot id) { ids.push_back(id); });
        return ids;
    }

    std::size_t clean() { return sextant::clean_links(nodes_, sextant::sound_levels(nodes_)); }
};

TEST_F(cleaning, leaves_sound_links_in_their_order) {
    write(0, {3, 1, 2, 4});
    write(0, {1}, 1);
    write(4, {2, 0});
    EXPECT_EQ(clean(), 0u);
    EXPECT_EQ(links(0), (std::vector<slot>{3, 1, 2, 4})) << "a dead node may be linked to";
    EXPECT_EQ(links(0, 1), (std::vector<slot>{1}));
    EXPECT_EQ(links(4), (std::vector<slot>{2, 0}));
}

TEST_F(cleaning, drops_links_that_lead_nowhere) {
    write(0, {3, 0, 5, 3, 6, 1, sextant::no_slot - 1, 2});
    write(1, {0, 2, 1, 99}, 1);
    EXPECT_EQ(clean(), 5u + 3u);
    EXPECT_EQ(links(0), (std::vector<slot>{3, 1, 2}));
    EXPECT_EQ(links(1, 1), (std::vector<slot>{0}));
}

TEST_F(cleaning, drops_what_stands_behind_the_end_of_a_list) {
    write(2, {0});
    nodes_.links(2).append(4, 77);
    EXPECT_EQ(clean(), 0u) << "it was no link";
    EXPECT_EQ(nodes_.links(2).hidden(), 0u);
    EXPECT_EQ(links(2), (std::vector<slot>{0}));
}

TEST_F(cleaning, empties_the_lists_of_vacant_slots) {
    write(5, {0, 1});
    write(5, {1}, 1);
    EXPECT_EQ(clean(), 3u);
    EXPECT_TRUE(links(5).empty());
    EXPECT_TRUE(links(5, 1).empty());
}

TEST_F(cleaning, drops_from_dead_nodes_what_would_lead_a_search_astray) {
    write(4, {0, 5, 1000, 1});
    EXPECT_EQ(clean(), 2u);
    EXPECT_EQ(links(4), (std::vector<slot>{0, 1}));
}

}  // namespace clean_links_test
