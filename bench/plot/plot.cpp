#include "plot/curves.hpp"
#include "plot/svg.hpp"
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view help =
    R"(plot: recall against queries per second, drawn from the JSON lines of recall_qps

usage: plot [FILE...] [--output FILE.svg] [--title TEXT]

Reads the files, or standard input without any, and writes an SVG picture to --output, or to standard output.
Each data set gets a panel, each library and codec a curve.
)";

int run(const std::vector<std::string>& arguments) {
    std::vector<std::string> files;
    std::string output;
    std::string title = "Recall and queries per second";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--help" || argument == "-h") {
            std::cout << help;
            return 0;
        }
        if (argument == "--output" || argument == "-o" || argument == "--title") {
            if (++i == arguments.size()) throw std::invalid_argument(argument + " wants a value");
            (argument == "--title" ? title : output) = arguments[i];
        } else if (argument.starts_with("-") && argument != "-") {
            throw std::invalid_argument("unknown option '" + argument + "'; --help lists them");
        } else {
            files.push_back(argument);
        }
    }
    if (files.empty()) files.emplace_back("-");

    std::vector<bench::panel> panels;
    for (const std::string& name : files) {
        if (name == "-") {
            bench::read_curves(std::cin, panels);
            continue;
        }
        std::ifstream in(name);
        if (!in) throw std::runtime_error(name + ": cannot be opened");
        bench::read_curves(in, panels);
    }
    if (panels.empty())
        throw std::runtime_error("no search lines to draw; run recall_qps with --format json");

    const std::string picture = bench::draw_svg(panels, title);
    if (output.empty()) {
        std::cout << picture;
        return 0;
    }
    std::ofstream out(output);
    if (!(out << picture << std::flush)) throw std::runtime_error(output + ": cannot be written");
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::invalid_argument& error) {
        std::cerr << "plot: " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "plot: " << error.what() << '\n';
        return 1;
    }
}
