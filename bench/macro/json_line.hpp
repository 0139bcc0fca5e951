#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

namespace bench {

/// One flat JSON object. Names and texts are ours or file names; quotes, backslashes and controls are
/// escaped.
class json_line {
public:
    json_line& add(std::string_view name, std::string_view text) {
        key(name) += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                line_ += '\\';
            }
            line_ += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
        line_ += '"';
        return *this;
    }

    json_line& add(std::string_view name, double number) {
        if (!std::isfinite(number)) {
            key(name) += "null";
            return *this;
        }
        std::array<char, 32> digits{};
        std::snprintf(digits.data(), digits.size(), "%.7g", number);
        key(name) += digits.data();
        return *this;
    }

    json_line& add(std::string_view name, std::size_t number) {
        key(name) += std::to_string(number);
        return *this;
    }

    void print() const { std::cout << line_ << '}' << std::endl; }

private:
    std::string& key(std::string_view name) {
        line_ += line_.size() == 1 ? "\"" : ",\"";
        return line_.append(name).append("\":");
    }

    std::string line_ = "{";
};

} // namespace bench
