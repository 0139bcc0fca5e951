#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "support/read_matrix.hpp"

namespace support {

/// The word vectors that ship with the demo: real data that every test can count on. 20,000 × 100, for
/// cosine.
struct words {
    matrix<float> vectors;
    std::vector<std::string> names;
};

inline words read_words(std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    const auto demo = std::filesystem::path(__FILE__).parent_path() / "../../demo";
    words result{.vectors = read_vectors(demo / "words-20k.base.f16bin", max_rows), .names = {}};
    std::ifstream names(demo / "words-20k.txt");
    for (std::string name; result.names.size() < result.vectors.rows && std::getline(names, name);) {
        result.names.push_back(name);
    }
    return result;
}

}  // namespace support
