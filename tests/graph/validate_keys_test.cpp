#include <sextant/graph/validate_keys.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "support/faults.hpp"

namespace validate_keys_test {

using sextant::node_state;
using sextant::slot;
using faults = std::map<std::string, std::size_t>;

/// A hundred live nodes with keys of their own, and nothing else in the graph.
class validation_of_keys : public testing::Test {
protected:
    static constexpr slot count = 100;
    sextant::graph nodes_{4, 4, 1};
    sextant::key_map<std::string, std::hash<std::string>> keys_;

    void SetUp() override {
        for (slot id = 0; id < count; ++id) {
            nodes_.at(nodes_.allocate()).state = node_state::live;
            keys_.assign(id, name(id));
            ASSERT_TRUE(keys_.claim(id));
        }
    }

    static std::string name(slot id) { return "key " + std::to_string(id); }

    faults found(std::size_t size = count) const {
        sextant::integrity_report report;
        for (slot id = 0; id < nodes_.end(); ++id) report.live += sextant::is_live(nodes_, id) ? 1u : 0u;
        sextant::validate_keys(nodes_, keys_, size, report);
        return support::faults_of(report);
    }

    std::vector<slot> rebuild() {
        std::vector<slot> refused;
        keys_.rebuild([&](slot id) { return id < nodes_.end() && sextant::is_live(nodes_, id); },
                      [&](slot id) { refused.push_back(id); });
        return refused;
    }
};

TEST_F(validation_of_keys, finds_nothing_wrong_where_keys_and_slots_agree) { EXPECT_EQ(found(), faults{}); }

TEST_F(validation_of_keys, finds_a_size_that_is_wrong) {
    EXPECT_EQ(found(98), (faults{{"off in size()", 2}}));
    EXPECT_EQ(found(103), (faults{{"off in size()", 3}}));
}

TEST_F(validation_of_keys, finds_live_nodes_that_no_key_leads_to) {
    for (int i = 0; i < 1000; ++i) nodes_.at(nodes_.allocate()).state = node_state::live;
    keys_.assign(101, "named but not claimed");
    EXPECT_EQ(found(1100), (faults{{"nodes whose key does not lead to them", 1000}}));
    EXPECT_EQ(rebuild(), std::vector<slot>{});
    EXPECT_EQ(found(1100), (faults{{"nodes whose key does not lead to them", 998}})) << "slot 100 has the default key";
    EXPECT_EQ(keys_.find(""), 100u);
}

TEST_F(validation_of_keys, finds_keys_that_lead_to_slots_that_are_not_live) {
    nodes_.at(7).state = node_state::dead;
    nodes_.at(8).state = node_state::vacant;
    EXPECT_EQ(found(98), (faults{{"keys that lead nowhere", 2}}));
    EXPECT_EQ(rebuild(), std::vector<slot>{});
    EXPECT_EQ(found(98), faults{});
    EXPECT_EQ(keys_.find(name(7)), sextant::no_slot);
    EXPECT_EQ(keys_.find(name(9)), 9u);
}

TEST_F(validation_of_keys, finds_nodes_with_equal_keys) {
    keys_.assign(50, name(20));
    EXPECT_EQ(found(), (faults{{"nodes whose key does not lead to them", 1}}));
    EXPECT_EQ(rebuild(), std::vector<slot>{50}) << "the first keeps the key";
    EXPECT_EQ(keys_.find(name(20)), 20u);
    EXPECT_EQ(keys_.find(name(50)), sextant::no_slot);
}

TEST_F(validation_of_keys, finds_keys_that_were_changed) {
    std::string another = "another";
    for (keys_.assign(50, another); keys_.find(another) != sextant::no_slot; keys_.assign(50, another)) {
        another += "?";  // it happened to be looked for where the old key is
    }
    EXPECT_EQ(found(), (faults{{"nodes whose key does not lead to them", 1}}));
    EXPECT_EQ(rebuild(), std::vector<slot>{});
    EXPECT_EQ(found(), faults{});
    EXPECT_EQ(keys_.find(another), 50u);
}

}  // namespace validate_keys_test
