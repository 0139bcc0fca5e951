#include "plot/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string_view>

namespace bench {
namespace {

// Told apart by readers with any colour vision (Okabe and Ito).
constexpr std::array<std::string_view, 7> colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                  "#E69F00", "#56B4E9", "#4D4D4D"};

/// The stroke of the i-th name: where colours come round again, lines are dashed, then dotted.
std::string stroke_of(std::size_t i) {
    constexpr std::array<std::string_view, 3> dashes{"", " stroke-dasharray=\"7 4\"",
                                                     " stroke-dasharray=\"2 3\""};
    std::string attributes = "stroke=\"";
    attributes.append(colours[i % colours.size()]).append("\"");
    return attributes.append(dashes[i / colours.size() % dashes.size()]);
}

constexpr double plot_width = 440;
constexpr double plot_height = 340;
constexpr double left = 64;
constexpr double top = 96;
constexpr double bottom = 56;
constexpr double gap = 28; ///< right of each panel

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        default: result += c;
        }
    }
    return result;
}

/// The small number gives perfect recall a place a little right of 0.9999.
double recall_position(double recall) { return -std::log10(1 - recall + 5e-5); }

std::string format_qps(double qps) {
    std::ostringstream out;
    if (qps >= 1e6) {
        out << qps / 1e6 << "M";
    } else if (qps >= 1e3) {
        out << qps / 1e3 << "k";
    } else {
        out << qps;
    }
    return out.str();
}

/// 1, 2 and 5 times each power of ten, from the last below `low` to the first above `high`.
std::vector<double> qps_ticks(double low, double high) {
    std::vector<double> ticks;
    for (double decade = std::pow(10, std::floor(std::log10(low))); decade <= high * 10; decade *= 10) {
        for (const double step : {1.0, 2.0, 5.0}) {
            ticks.push_back(decade * step);
        }
    }
    const auto first = std::ranges::upper_bound(ticks, low) - 1;
    const auto last = std::ranges::lower_bound(ticks, high);
    return {first, last + 1};
}

std::vector<double> recall_ticks(double low, double high) {
    static constexpr std::array all{0.0, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1.0};
    const auto first = std::ranges::upper_bound(all, low) - 1;
    const auto last = std::ranges::lower_bound(all, high);
    return {std::max(first, all.begin()), std::min(last + 1, all.end())};
}

class panel_drawing {
public:
    panel_drawing(const panel& what, double x, const std::vector<std::string>& names)
        : panel_(what), x_(x), names_(names) {
        double low_recall = 1, high_recall = 0, low_qps = 1e300, high_qps = 1;
        for (const curve& line : what.curves) {
            for (const curve_point& point : line.points) {
                low_recall = std::min(low_recall, point.recall);
                high_recall = std::max(high_recall, point.recall);
                low_qps = std::min(low_qps, std::max(point.qps_min, 1e-3));
                high_qps = std::max(high_qps, point.qps_max);
            }
        }
        recall_ticks_ = recall_ticks(low_recall, high_recall);
        qps_ticks_ = qps_ticks(low_qps, high_qps);
    }

    std::string draw() {
        out_ << std::fixed << std::setprecision(1);
        text(x_ + plot_width / 2, top - 14, "middle", panel_.title, "panel");
        grid();
        for (const curve& line : panel_.curves) {
            draw_curve(line);
        }
        text(x_ + plot_width / 2, top + plot_height + 42, "middle",
             panel_.k.empty() ? "recall" : "recall@" + panel_.k, "axis");
        return out_.str();
    }

private:
    double at_recall(double recall) const {
        const double low = recall_position(recall_ticks_.front());
        const double high = recall_position(recall_ticks_.back());
        return x_ + (recall_position(recall) - low) / std::max(high - low, 1e-9) * plot_width;
    }

    double at_qps(double qps) const {
        const double low = std::log10(qps_ticks_.front());
        const double high = std::log10(qps_ticks_.back());
        return top + plot_height - (std::log10(qps) - low) / std::max(high - low, 1e-9) * plot_height;
    }

    void text(double x, double y, std::string_view anchor, const std::string& content,
              std::string_view kind) {
        out_ << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" class=\"" << kind
             << "\">" << escaped(content) << "</text>\n";
    }

    void stroke(double x1, double y1, double x2, double y2, std::string_view attributes) {
        out_ << "<line x1=\"" << x1 << "\" y1=\"" << y1 << "\" x2=\"" << x2 << "\" y2=\"" << y2 << "\" "
             << attributes << "/>\n";
    }

    void grid() {
        double taken_to = -1e9; // a label that would touch its left neighbour is left out, its line stays
        for (const double recall : recall_ticks_) {
            const double x = at_recall(recall);
            stroke(x, top, x, top + plot_height, "class=\"grid\"");
            std::ostringstream label;
            label << recall;
            const double half_width = 3.4 * static_cast<double>(label.str().size());
            if (x - half_width < taken_to) continue;
            text(x, top + plot_height + 20, "middle", label.str(), "tick");
            taken_to = x + half_width + 3;
        }
        for (const double qps : qps_ticks_) {
            const double y = at_qps(qps);
            stroke(x_, y, x_ + plot_width, y, "class=\"grid\"");
            text(x_ - 8, y + 4, "end", format_qps(qps), "tick");
        }
    }

    void draw_curve(const curve& line) {
        const auto index = static_cast<std::size_t>(std::ranges::find(names_, line.name) - names_.begin());
        const std::string colour(colours[index % colours.size()]);
        out_ << "<polyline fill=\"none\" " << stroke_of(index) << " stroke-width=\"2\" points=\"";
        for (const curve_point& point : line.points) {
            out_ << at_recall(point.recall) << ',' << at_qps(point.qps) << ' ';
        }
        out_ << "\"/>\n";
        for (const curve_point& point : line.points) {
            const double x = at_recall(point.recall);
            stroke(x, at_qps(point.qps_min), x, at_qps(point.qps_max),
                   "stroke=\"" + colour + "\" stroke-opacity=\"0.4\"");
            out_ << "<circle cx=\"" << x << "\" cy=\"" << at_qps(point.qps) << "\" r=\"3\" fill=\"" << colour
                 << "\"><title>" << escaped(line.name) << ", ef " << escaped(point.ef) << ": recall "
                 << std::setprecision(4) << point.recall << ", " << std::setprecision(0) << point.qps
                 << " queries/s</title></circle>\n"
                 << std::setprecision(1);
        }
    }

    const panel& panel_;
    double x_;
    const std::vector<std::string>& names_;
    std::vector<double> recall_ticks_;
    std::vector<double> qps_ticks_;
    std::ostringstream out_;
};

} // namespace

std::string draw_svg(const std::vector<panel>& panels, const std::string& title) {
    std::vector<std::string> names;
    for (const panel& one : panels) {
        for (const curve& line : one.curves) {
            if (std::ranges::find(names, line.name) == names.end()) names.push_back(line.name);
        }
    }
    const double step = left + plot_width + gap;
    const double width = step * static_cast<double>(panels.size());
    const double height = top + plot_height + bottom;
    std::ostringstream out;
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << width << "\" height=\"" << height
        << "\" viewBox=\"0 0 " << width << ' ' << height << "\">\n"
        << "<style>text{font-family:Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#333}"
           ".title{font-size:18px;font-weight:bold}.panel{font-size:14px;font-weight:bold}"
           ".axis,.legend{font-size:13px}.tick{font-size:12px;fill:#666}.grid{stroke:#e4e4e4}</style>\n"
        << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        << "<text x=\"" << left << "\" y=\"28\" class=\"title\">" << escaped(title) << "</text>\n";
    double x = left;
    for (std::size_t i = 0; i < names.size(); ++i) {
        out << "<line x1=\"" << x << "\" y1=\"49\" x2=\"" << x + 22 << "\" y2=\"49\" stroke-width=\"3\" "
            << stroke_of(i) << "/><text x=\"" << x + 28 << "\" y=\"53\" class=\"legend\">"
            << escaped(names[i]) << "</text>\n";
        x += 50 + 7.5 * static_cast<double>(names[i].size());
    }
    out << "<text transform=\"translate(16 " << top + plot_height / 2
        << ") rotate(-90)\" text-anchor=\"middle\" class=\"axis\">queries per second</text>\n";
    for (std::size_t i = 0; i < panels.size(); ++i) {
        out << panel_drawing(panels[i], left + step * static_cast<double>(i), names).draw();
    }
    out << "</svg>\n";
    return out.str();
}

} // namespace bench
