#include <sextant/core/error.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace error_test {

using sextant::errc;

TEST(error, says_what_was_wrong_in_code_and_words) {
    try {
        sextant::raise(errc::zero_vector, "no direction");
        FAIL() << "raise() returned";
    } catch (const sextant::error& e) {
        EXPECT_EQ(e.code(), errc::zero_vector);
        EXPECT_STREQ(e.what(), "sextant: no direction");
    }
}

TEST(error, a_wrong_length_names_both_lengths) {
    try {
        sextant::raise_dimension(128, 100);
        FAIL() << "raise_dimension() returned";
    } catch (const sextant::error& e) {
        EXPECT_EQ(e.code(), errc::dimension_mismatch);
        const std::string what = e.what();
        EXPECT_NE(what.find("expected a vector of 128"), std::string::npos) << what;
        EXPECT_NE(what.find("got 100"), std::string::npos) << what;
    }
}

TEST(error, is_caught_as_a_standard_exception) {
    EXPECT_THROW(sextant::raise(errc::bad_option, ""), std::invalid_argument);
}

}  // namespace error_test
