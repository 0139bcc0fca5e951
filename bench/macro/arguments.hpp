#pragma once

#include "datasets/exact_distance.hpp"
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What the command lines of the programs here have in common.
namespace bench {

/// The command line asks for something that cannot be; the program ends with status 2.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What an option does with its value.
using setters = std::map<std::string, std::function<void(std::string_view)>>;

/// Hands each option's value to its setter, `--name value` or `--name=value`; false if help is asked for.
/// Throws usage_error.
bool parse_arguments(int argc, const char* const* argv, const setters& known);

/// The parts of a list with commas.
std::vector<std::string_view> split(std::string_view list);

/// A whole number above 0. Throws usage_error.
std::size_t parse_count(const std::string& name, std::string_view text);

std::vector<std::size_t> parse_counts(const std::string& name, std::string_view text);

/// A setter that parses a count.
std::function<void(std::string_view)> count(const std::string& name, std::size_t& target);

template <class T>
T parse_choice(const std::string& name, std::string_view text, const std::map<std::string_view, T>& choices) {
    if (const auto chosen = choices.find(text); chosen != choices.end()) {
        return chosen->second;
    }
    std::string known;
    for (const auto& [choice, value] : choices) {
        known.append(known.empty() ? "" : ", ").append(choice);
    }
    throw usage_error(name + " '" + std::string(text) + "' is not available; there is " + known);
}

metric_kind parse_metric(std::string_view text);
std::string_view name_of(metric_kind metric);

} // namespace bench
