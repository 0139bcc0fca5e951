#pragma once

#include <sextant/core/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace support {

/// Calls, and expects to be refused with `code` and a message that says who speaks.
template <class Call>
void expect_error(sextant::errc code, Call&& call) {
    try {
        call();
        ADD_FAILURE() << "not refused";
    } catch (const sextant::error& e) {
        EXPECT_EQ(e.code(), code) << e.what();
        EXPECT_EQ(std::string(e.what()).rfind("sextant: ", 0), 0u) << e.what();
    }
}

}  // namespace support
