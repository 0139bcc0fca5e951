// What a program that embeds the library does first: fill an index, search it, keep it in a file. It compiles without
// exceptions too, and what a file holds is an error then that it can handle.
#include <sextant/sextant.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace {

bool finds_points() {
    sextant::index<sextant::l2> index({.dim = 3, .degree = 8});
    for (std::uint64_t key = 0; key < 100; ++key) {
        if (!index.insert(key, std::vector<float>{static_cast<float>(key), 0.0f, 1.0f})) return false;
    }

    const std::vector<float> query{42.1f, 0.0f, 1.0f};
    const auto hits = index.search(query, 3, {.ef = 32});
    for (const auto& [key, distance] : hits) {
        std::printf("%llu %.2f\n", static_cast<unsigned long long>(key), static_cast<double>(distance));
    }
    if (hits.size() != 3 || hits[0].key != 42 || hits[1].key != 43 || hits[2].key != 41) return false;

    std::array<sextant::hit<>, 2> found;
    const auto even = [](std::uint64_t key) { return key % 2 == 0; };
    const auto filtered = index.search_into(query, found, {.filter = even});
    return filtered.size() == 2 && filtered[0].key == 42 && filtered[1].key == 44;
}

// Directions a degree apart; under both metrics the nearest to one of them is itself.
template <class Metric>
bool finds_directions() {
    std::vector<std::uint64_t> keys;
    std::vector<float> data;
    for (std::uint64_t key = 0; key < 90; ++key) {
        const double angle = static_cast<double>(key) * 3.14159265358979 / 180;
        keys.push_back(key);
        data.insert(data.end(), {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))});
    }
    sextant::index<Metric> index({.dim = 2});
    sextant::thread_pool pool(2);
    index.build(keys, sextant::rows(data, 2), {.executor = &pool});
    const auto many = index.search_batch(sextant::rows(data, 2), 1);
    for (std::size_t i = 0; i < many.rows(); ++i) {
        if (many[i].size() != 1 || many[i][0].key != keys[i]) return false;
    }
    return true;
}

bool finds_bits() {
    sextant::index<sextant::hamming> index({.dim = 128});
    for (std::uint8_t i = 0; i < 100; ++i) index.insert(i, std::vector<std::uint8_t>(16, i));
    const auto hits = index.search_exact(std::vector<std::uint8_t>(16, 77), 1);
    return hits.size() == 1 && hits[0].key == 77 && hits[0].distance == 0.0f;
}

bool keeps_files() {
    using numbers = sextant::index<sextant::l2, sextant::rerank<sextant::rabitq<2>, sextant::f16>>;
    numbers index({.dim = 4});
    for (std::uint64_t key = 0; key < 10; ++key) index.insert(key, std::vector<float>(4, static_cast<float>(key)));
    std::stringstream file;
    if (!sextant::save(index, file)) return false;
    auto loaded = sextant::load<numbers>(file);
    if (!loaded || !loaded->erase(3) || loaded->size() != 9) return false;
    std::istringstream shorter(file.str().substr(0, file.str().size() / 2));
    return !sextant::load<numbers>(shorter);
}

template <class T>
void append(std::string& file, T value) {
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// hnswlib's file of a single vector (1, second).
std::string hnswlib_file(float second) {
    const std::uint64_t links = 4 + 4 * 4, record = links + 2 * 4 + 8;
    std::string file;
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1}, record, record - 8, links}) {
        append(file, number);
    }
    append(file, std::int32_t{0});   // the highest level
    append(file, std::uint32_t{0});  // the entry point
    for (const std::uint64_t number : {2u, 4u, 2u}) append(file, number);
    append(file, 1 / std::log(2.0));
    append(file, std::uint64_t{100});
    file.append(static_cast<std::size_t>(links), '\0');
    append(file, 1.0f);
    append(file, second);
    append(file, std::uint64_t{7});
    append(file, std::uint32_t{0});  // bytes of upper links
    return file;
}

bool imports_what_it_can_store() {
    using bytes = sextant::index<sextant::l2, sextant::u8>;
    for (const float second : {2.0f, 300.0f, std::nanf("")}) {
        const std::string file = hnswlib_file(second);
        const auto imported = sextant::import_hnswlib<bytes>(std::as_bytes(std::span(file)), 2);
        if (imported.has_value() != (second == 2.0f)) return false;
        if (imported && !imported->contains(7)) return false;
    }
    return true;
}

}  // namespace

int main() {
    const bool passed = finds_points() && finds_directions<sextant::cosine>() &&
                        finds_directions<sextant::inner_product>() && finds_bits() && keeps_files() &&
                        imports_what_it_can_store();
    return passed ? 0 : 1;
}
