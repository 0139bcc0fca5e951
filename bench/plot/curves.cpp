#include "plot/curves.hpp"

#include <algorithm>
#include <cstdlib>
#include <istream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace bench {
namespace {

using fields = std::map<std::string, std::string>;

/// The fields of a flat JSON object as recall_qps writes it: texts without their quotes, numbers as written.
std::optional<fields> parse_flat_object(std::string_view line) {
    const auto skip_spaces = [&] {
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    };
    const auto take = [&](char wanted) {
        skip_spaces();
        const bool found = line.starts_with(wanted);
        line.remove_prefix(found ? 1 : 0);
        return found;
    };
    const auto take_text = [&] {
        std::string text;
        while (!line.empty() && line.front() != '"') {
            line.remove_prefix(line.front() == '\\' && line.size() > 1 ? 1 : 0);
            text += line.front();
            line.remove_prefix(1);
        }
        take('"');
        return text;
    };
    if (!take('{')) return std::nullopt;
    fields result;
    do {
        if (!take('"')) return std::nullopt;
        const std::string name = take_text();
        if (!take(':')) return std::nullopt;
        if (take('"')) {
            result[name] = take_text();
        } else {
            const std::size_t end = std::min(line.find_first_of(",}"), line.size());
            result[name] = line.substr(0, end);
            line.remove_prefix(end);
        }
    } while (take(','));
    return take('}') ? std::optional(result) : std::nullopt;
}

std::string text_of(const fields& object, const std::string& name, const std::string& otherwise = "") {
    const auto found = object.find(name);
    return found == object.end() ? otherwise : found->second;
}

double number_of(const fields& object, const std::string& name) {
    const std::string text = text_of(object, name);
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0')
        throw std::runtime_error("a search line has no number for \"" + name + "\"");
    return value;
}

template <class Item>
Item& find_or_add(std::vector<Item>& items, std::string Item::*name, const std::string& wanted) {
    const auto found = std::ranges::find(items, wanted, name);
    if (found != items.end()) return *found;
    items.emplace_back().*name = wanted;
    return items.back();
}

} // namespace

void read_curves(std::istream& in, std::vector<panel>& panels) {
    std::string title;
    for (std::string line; std::getline(in, line);) {
        const std::optional<fields> object = parse_flat_object(line);
        if (!object) continue;
        const std::string event = text_of(*object, "event");
        if (event == "build") {
            const std::string base = text_of(*object, "base");
            title = base.substr(0, base.find(".base"));
        } else if (event == "search") {
            panel& target = find_or_add(panels, &panel::title, title);
            target.k = text_of(*object, "k");
            const std::string name = text_of(*object, "library") + " " + text_of(*object, "codec");
            curve_point point{number_of(*object, "recall"), number_of(*object, "qps"), 0, 0,
                              text_of(*object, "ef")};
            point.qps_min = object->contains("qps_min") ? number_of(*object, "qps_min") : point.qps;
            point.qps_max = object->contains("qps_max") ? number_of(*object, "qps_max") : point.qps;
            if (!(point.recall >= 0 && point.recall <= 1 && point.qps_min > 0)) {
                throw std::runtime_error(
                    "a search line has a recall outside 0 to 1 or no queries per second");
            }
            find_or_add(target.curves, &curve::name, name).points.push_back(point);
        }
    }
}

} // namespace bench
