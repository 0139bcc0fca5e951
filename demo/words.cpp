#include <sextant/sextant.hpp>

#include "macro/progress_line.hpp"
#include "vocabulary.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using word_index = sextant::index<sextant::cosine>; // its keys are rows of the vocabulary
using clock_type = std::chrono::steady_clock;

constexpr std::size_t neighbours = 10;
constexpr std::size_t held_out = 1000;
constexpr std::array efs{16, 64, 256};
constexpr std::array examples{"violin", "copper", "tuesday", "telescope", "bread", "compiler"};

double seconds_since(clock_type::time_point begin) {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

/// 20000 as "20,000".
std::string grouped(double number) {
    const std::string digits = std::to_string(static_cast<std::uint64_t>(number + 0.5));
    std::string result;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) result += ',';
        result += digits[i];
    }
    return result;
}

/// Rows in random order, the same in every run; the last `held_out` serve as queries.
std::vector<std::uint64_t> shuffled_rows(std::size_t count) {
    std::vector<std::uint64_t> rows(count);
    std::iota(rows.begin(), rows.end(), std::uint64_t{0});
    std::mt19937_64 random(1);
    for (std::size_t i = count; i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
    return rows;
}

/// Calls search(row) for all query rows, again and again for a quarter of a second, and returns calls per
/// second.
template <class Search>
double queries_per_second(std::span<const std::uint64_t> query_rows, const Search& search) {
    std::size_t calls = 0;
    const clock_type::time_point begin = clock_type::now();
    while (seconds_since(begin) < 0.25) {
        for (const std::uint64_t row : query_rows) search(row);
        calls += query_rows.size();
    }
    return static_cast<double>(calls) / seconds_since(begin);
}

void build(word_index& index, const demo::vocabulary& words, std::span<const std::uint64_t> rows) {
    std::vector<float> values;
    for (const std::uint64_t row : rows) {
        values.insert(values.end(), words.vectors()[row].begin(), words.vectors()[row].end());
    }
    sextant::thread_pool pool;
    const clock_type::time_point begin = clock_type::now();
    {
        bench::progress_line line("building the index");
        index.build(rows, sextant::rows(values, index.dim()), {.executor = &pool, .progress = line});
    }
    const double seconds = seconds_since(begin);
    std::printf("%s of the words indexed in %.2f s with %zu thread%s, %s a second\n",
                grouped(static_cast<double>(rows.size())).c_str(), seconds, pool.concurrency(),
                pool.concurrency() == 1 ? "" : "s",
                grouped(static_cast<double>(rows.size()) / seconds).c_str());
}

/// Prints recall and speed of searches for words the index does not hold, which is what users search with.
void measure(const word_index& index, const demo::vocabulary& words,
             std::span<const std::uint64_t> query_rows) {
    std::printf("%s other words, drawn at random, searched for on one thread:\n\n",
                grouped(static_cast<double>(query_rows.size())).c_str());
    std::printf("                 recall@%zu   queries per second\n", neighbours);

    std::vector<std::vector<sextant::hit<>>> truth;
    for (const std::uint64_t row : query_rows) {
        truth.push_back(index.search_exact(words.vectors()[row], neighbours));
    }
    std::array<sextant::hit<>, neighbours> out;
    for (const int ef : efs) {
        const sextant::search_options<> options{.ef = static_cast<std::size_t>(ef)};
        std::size_t hits = 0;
        for (std::size_t query = 0; query < query_rows.size(); ++query) {
            for (const auto& [key, distance] :
                 index.search_into(words.vectors()[query_rows[query]], out, options)) {
                hits += std::ranges::find(truth[query], key, &sextant::hit<>::key) != truth[query].end() ? 1u
                                                                                                         : 0u;
            }
        }
        const double recall = static_cast<double>(hits) / static_cast<double>(query_rows.size() * neighbours);
        const double speed = queries_per_second(
            query_rows, [&](std::uint64_t row) { index.search_into(words.vectors()[row], out, options); });
        std::printf("  ef = %-9d %9.3f   %18s\n", ef, recall, grouped(speed).c_str());
    }
    const double speed = queries_per_second(
        query_rows, [&](std::uint64_t row) { index.search_exact(words.vectors()[row], neighbours); });
    std::printf("  exact search   %9.3f   %18s\n\n", 1.0, grouped(speed).c_str());
}

void show_nearest(const word_index& index, const demo::vocabulary& words, std::string word) {
    std::ranges::transform(word, word.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    const std::optional<std::size_t> row = words.row_of(word);
    if (!row) {
        std::printf("  %-10s is not among these words, sorry", word.c_str());
        const char* before = "; there is ";
        for (const std::string_view similar : words.like(word)) {
            std::printf("%s%.*s", before, static_cast<int>(similar.size()), similar.data());
            before = ", ";
        }
        std::printf("\n");
        return;
    }
    // Every word is its own nearest: the predicate leaves it out.
    const auto others = [&](std::uint64_t key) { return key != *row; };
    std::printf("  %-10s →", word.c_str());
    const char* before = " ";
    for (const auto& [key, distance] : index.search(words.vectors()[*row], 8, {.ef = 100}, others)) {
        std::printf("%s%s", before, words.word(key).c_str());
        before = ", ";
    }
    std::printf("\n");
}

int run(const std::vector<std::string>& arguments) {
    std::filesystem::path directory = SEXTANT_DEMO_DATA_DIR;
    std::vector<std::string> asked(examples.begin(), examples.end());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--help" || arguments[i] == "-h") {
            std::printf(
                "usage: sextant_words_demo [--data DIR] [WORD...]\n\n"
                "Builds an index of 20,000 word vectors, measures it, and shows the nearest words of a few\n"
                "words and of those given. DIR holds words-20k.txt and words-20k.base.f16bin.\n");
            return 0;
        }
        if (arguments[i] == "--data" && i + 1 < arguments.size()) {
            directory = arguments[++i];
        } else if (arguments[i].starts_with("-")) {
            std::cerr << "sextant_words_demo: " << arguments[i]
                      << " makes no sense here; --help says what does\n";
            return 2;
        } else {
            asked.push_back(arguments[i]);
        }
    }

    const demo::vocabulary words(directory);
    const std::vector<std::uint64_t> rows = shuffled_rows(words.size());
    const std::span indexed = std::span(rows).first(words.size() - held_out);
    const std::span queries = std::span(rows).last(held_out);

    std::printf("sextant %d.%d.%d: %s word vectors, %zu dimensions, cosine distance, 32-bit floats\n",
                SEXTANT_VERSION_MAJOR, SEXTANT_VERSION_MINOR, SEXTANT_VERSION_PATCH,
                grouped(static_cast<double>(words.size())).c_str(), words.vectors().dim);
    word_index index({.dim = words.vectors().dim});
    build(index, words, indexed);
    measure(index, words, queries);

    for (const std::uint64_t row : queries) index.insert(row, words.vectors()[row]);
    const double bytes =
        static_cast<double>(index.memory_usage().total()) / static_cast<double>(index.size());
    std::printf("With those inserted too, the index holds all %s words in %s bytes each, %zu of them the "
                "vector's.\n\n",
                grouped(static_cast<double>(index.size())).c_str(), grouped(bytes).c_str(),
                index.dim() * sizeof(float));
    for (const std::string& word : asked) show_nearest(index, words, word);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "sextant_words_demo: " << error.what() << '\n';
        return 1;
    }
}
