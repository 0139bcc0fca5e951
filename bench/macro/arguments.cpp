#include "macro/arguments.hpp"

#include <charconv>

namespace bench {

bool parse_arguments(int argc, const char* const* argv, const setters& known) {
    for (int i = 1; i < argc; ++i) {
        std::string name = argv[i];
        if (name == "--help" || name == "-h") {
            return false;
        }
        std::string value;
        if (const std::size_t equals = name.find('='); equals != std::string::npos) {
            value = name.substr(equals + 1);
            name.erase(equals);
        } else if (known.contains(name) && ++i < argc) {
            value = argv[i];
        }
        const auto setter = known.find(name);
        if (setter == known.end()) {
            throw usage_error("unknown option '" + name + "'; --help lists them");
        }
        if (value.empty()) {
            throw usage_error(name + " wants a value");
        }
        setter->second(value);
    }
    return true;
}

std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    for (std::size_t comma = 0; comma != std::string_view::npos; list.remove_prefix(comma + 1)) {
        comma = list.find(',');
        parts.push_back(list.substr(0, comma));
        if (comma == std::string_view::npos) {
            break;
        }
    }
    return parts;
}

std::size_t parse_count(const std::string& name, std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0) {
        throw usage_error(name + " wants a whole number above 0, not '" + std::string(text) + "'");
    }
    return value;
}

std::vector<std::size_t> parse_counts(const std::string& name, std::string_view text) {
    std::vector<std::size_t> counts;
    for (const std::string_view part : split(text)) {
        counts.push_back(parse_count(name, part));
    }
    return counts;
}

std::function<void(std::string_view)> count(const std::string& name, std::size_t& target) {
    return [&target, name](std::string_view text) { target = parse_count(name, text); };
}

metric_kind parse_metric(std::string_view text) {
    return parse_choice<metric_kind>(
        "--metric", text,
        {{"l2", metric_kind::l2}, {"ip", metric_kind::ip}, {"cosine", metric_kind::cosine}});
}

std::string_view name_of(metric_kind metric) {
    switch (metric) {
    case metric_kind::l2: return "l2";
    case metric_kind::ip: return "ip";
    case metric_kind::cosine: return "cosine";
    }
    return "";
}

} // namespace bench
