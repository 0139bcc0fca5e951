#pragma once

#include "datasets/read_matrix.hpp"
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace demo {

/// Words and their vectors, most frequent first.
class vocabulary {
public:
    /// Reads words-20k.txt and words-20k.base.f16bin. Throws std::runtime_error when they are missing or do
    /// not match.
    explicit vocabulary(const std::filesystem::path& directory)
        : vectors_(bench::read_vectors(directory / "words-20k.base.f16bin")) {
        const std::filesystem::path list = directory / "words-20k.txt";
        std::ifstream in(list);
        if (!in) throw std::runtime_error(list.string() + ": cannot be opened");
        for (std::string word; std::getline(in, word);) {
            rows_.emplace(word, words_.size());
            words_.push_back(word);
        }
        if (words_.size() != vectors_.rows()) {
            throw std::runtime_error(list.string() + ": has " + std::to_string(words_.size()) +
                                     " words for " + std::to_string(vectors_.rows()) + " vectors");
        }
    }

    std::size_t size() const { return words_.size(); }
    const bench::float_matrix& vectors() const { return vectors_; }
    const std::string& word(std::size_t row) const { return words_[row]; }

    std::optional<std::size_t> row_of(const std::string& word) const {
        const auto found = rows_.find(word);
        return found == rows_.end() ? std::nullopt : std::optional(found->second);
    }

    /// A few words that begin like one that is not here, most frequent first; none if fewer than three
    /// letters agree.
    std::vector<std::string_view> like(std::string_view unknown) const {
        std::vector<std::string_view> similar;
        std::size_t longest = 3;
        for (const std::string& word : words_) {
            const auto differs = std::ranges::mismatch(word, unknown);
            const auto common = static_cast<std::size_t>(differs.in1 - word.begin());
            if (common < longest) continue;
            if (common > longest) similar.clear();
            longest = common;
            if (similar.size() < 5) similar.push_back(word);
        }
        return similar;
    }

private:
    bench::float_matrix vectors_;
    std::vector<std::string> words_;
    std::unordered_map<std::string, std::size_t> rows_;
};

} // namespace demo
