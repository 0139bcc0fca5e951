#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <new>

namespace support {

/// Runs `operation` with room for 0, 1, 2, … requests for memory until none was refused, and `check` after each time that
/// it failed. Returns how often that was.
template <class Shortage, class Operation, class Check>
std::size_t run_short(Operation&& operation, Check&& check) {
    for (std::size_t granted = 0;; ++granted) {
        bool failed = false;
        bool refused = false;
        {
            const Shortage shortage(granted);
            try {
                operation();
            } catch (const std::bad_alloc&) {
                failed = true;
            }
            refused = shortage.refused();
        }
        EXPECT_FALSE(failed && !refused) << "it threw std::bad_alloc though memory was there";
        if (failed) {
            check();
            if (testing::Test::HasFatalFailure()) return granted;
        }
        if (!refused) return granted;
        if (!failed) check();  // it did without what it was refused
    }
}

}  // namespace support
