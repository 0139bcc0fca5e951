#include <sextant/core/expected.hpp>
#include <sextant/core/file_error.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace expected_test {

using sextant::expected;
using sextant::file_errc;
using sextant::file_error;
using sextant::file_result;
using sextant::unexpected;

TEST(expected, holds_a_value_or_an_error) {
    const expected<int, std::string> value = 7;
    EXPECT_TRUE(value);
    EXPECT_TRUE(value.has_value());
    EXPECT_EQ(*value, 7);
    EXPECT_EQ(value.value(), 7);
    const expected<int, std::string> error = unexpected(std::string("no"));
    EXPECT_FALSE(error);
    EXPECT_EQ(error.error(), "no");
}

TEST(expected, tells_a_value_from_an_error_of_the_same_type) {
    const expected<std::string, std::string> value = std::string("yes");
    const expected<std::string, std::string> error = unexpected(std::string("no"));
    EXPECT_EQ(value->size(), 3u);
    EXPECT_EQ(error.error(), "no");
}

TEST(expected, hands_over_what_cannot_be_copied) {
    expected<std::unique_ptr<int>, int> value = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = *std::move(value);
    EXPECT_EQ(*taken, 3);
    expected<int, std::unique_ptr<int>> error = unexpected(std::make_unique<int>(4));
    EXPECT_EQ(*std::move(error).error(), 4);
}

TEST(expected, of_nothing_is_done_or_says_why_not) {
    const expected<void, std::string> done;
    EXPECT_TRUE(done);
    const expected<void, std::string> error = unexpected(std::string("no"));
    EXPECT_FALSE(error);
    EXPECT_EQ(error.error(), "no");
}

TEST(expected, throws_the_error_s_message_where_a_value_is_asked_for_and_there_is_none) {
    file_result<int> error = sextant::failed(file_errc::format, "not an index");
    try {
        error.value();
        FAIL();
    } catch (const sextant::bad_expected_access& thrown) {
        EXPECT_STREQ(thrown.what(), "sextant: not an index");
    }
    EXPECT_THROW(std::move(error).value(), sextant::bad_expected_access);
    const expected<int, int> plain = unexpected(3);
    EXPECT_THROW(plain.value(), sextant::bad_expected_access);
    EXPECT_THROW((expected<void, int>(unexpected(3)).value()), sextant::bad_expected_access);
    EXPECT_NO_THROW((expected<void, int>().value()));
}

TEST(file_error, says_what_the_system_said) {
    const file_result<int> result = sextant::system_failed("opening x", ENOENT);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, file_errc::system);
    EXPECT_EQ(result.error().system, ENOENT);
    std::ostringstream text;
    text << result.error();
    EXPECT_EQ(text.str().rfind("sextant: opening x: ", 0), 0u) << text.str();
}

}  // namespace expected_test
