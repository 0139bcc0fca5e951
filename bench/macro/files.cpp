// How quickly an index is saved, loaded and opened, beside a plain write and read of the same bytes:
//     files --base B [--metric l2|cosine] [--codec f32,f16,u8,lvq8,rabitq2+f16] [--rounds 5] [--max-base N] [--directory D]
// The rounds of all five operations are interleaved, medians are given. A plain write ends with fsync, as a save does; a
// plain read goes into memory fresh from the system, as a load does. Files are in the system's cache when they are read.

#include "datasets/read_matrix.hpp"
#include <sextant/sextant.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

namespace sx = sextant;

struct options {
    std::filesystem::path base;
    std::filesystem::path directory = std::filesystem::temp_directory_path();
    std::string metric = "l2";
    std::string codecs = "f32";
    std::size_t rounds = 5;
    std::size_t max_base = static_cast<std::size_t>(-1);
};

options parse(int argc, char** argv) {
    options result;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (i + 1 == argc) throw std::runtime_error(std::string(name) + " wants a value");
        const char* const value = argv[i + 1];
        if (name == "--base") {
            result.base = value;
        } else if (name == "--directory") {
            result.directory = value;
        } else if (name == "--metric") {
            result.metric = value;
        } else if (name == "--codec") {
            result.codecs = value;
        } else if (name == "--rounds") {
            result.rounds = std::stoul(value);
        } else if (name == "--max-base") {
            result.max_base = std::stoul(value);
        } else {
            throw std::runtime_error("unknown option " + std::string(name));
        }
    }
    if (result.base.empty()) throw std::runtime_error("--base names the vectors");
    return result;
}

void require(bool done, const char* what) {
    if (!done) throw std::runtime_error(std::string(what) + " failed");
}

void plain_write(const std::filesystem::path& path, const std::vector<char>& bytes) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    const std::filesystem::path fresh = path.string() + ".new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    require(file >= 0, "open");
    for (std::size_t at = 0; at < bytes.size();) {
        const ::ssize_t n = ::write(file, bytes.data() + at, std::min(piece, bytes.size() - at));
        require(n > 0, "write");
        at += static_cast<std::size_t>(n);
    }
    require(::fsync(file) == 0 && ::close(file) == 0, "fsync");
    std::filesystem::rename(fresh, path);
}

void plain_read(const std::filesystem::path& path) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    const int file = ::open(path.c_str(), O_RDONLY);
    require(file >= 0, "open");
    const std::size_t size = std::filesystem::file_size(path);
    // Not from the heap, which may give back the block of the round before.
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(memory != MAP_FAILED, "mmap");
    for (std::size_t at = 0; at < size;) {
        const ::ssize_t n = ::read(file, static_cast<char*>(memory) + at, std::min(piece, size - at));
        require(n > 0, "read");
        at += static_cast<std::size_t>(n);
    }
    ::munmap(memory, size);
    ::close(file);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <class F>
double seconds(F&& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <class Metric, class Codec>
void measure(const char* name, const bench::matrix<float>& base, const options& settings) {
    using index_type = sx::index<Metric, Codec>;
    const std::filesystem::path path = settings.directory / "sextant-files-benchmark.sxt";
    const std::filesystem::path plain = settings.directory / "sextant-files-benchmark.plain";
    index_type index({.dim = base.dim, .ef_construction = 40});
    std::vector<std::uint64_t> keys(base.rows());
    std::iota(keys.begin(), keys.end(), std::uint64_t{0});
    index.build(keys, sx::rows(base.values.data(), base.rows(), base.dim));
    require(sx::save(index, path).has_value(), "save");
    std::vector<char> bytes(std::filesystem::file_size(path), 'x');
    const double gigabytes = static_cast<double>(bytes.size()) / 1e9;

    constexpr const char* operations[] = {"plain write", "save", "plain read", "load", "open_mapped"};
    std::vector<std::vector<double>> times(std::size(operations));
    for (std::size_t round = 0; round < settings.rounds; ++round) {
        times[0].push_back(seconds([&] { plain_write(plain, bytes); }));
        times[1].push_back(seconds([&] { require(sx::save(index, path).has_value(), "save"); }));
        times[2].push_back(seconds([&] { plain_read(plain); }));
        times[3].push_back(seconds([&] { require(sx::load<index_type>(path).has_value(), "load"); }));
        times[4].push_back(seconds([&] { require(sx::open_mapped<index_type>(path).has_value(), "open_mapped"); }));
    }
    std::filesystem::remove(path);
    std::filesystem::remove(plain);
    std::printf("%s, %zu x %zu, %.1f MB\n", name, base.rows(), base.dim, 1e3 * gigabytes);
    for (std::size_t i = 0; i < std::size(operations); ++i) {
        const double time = median(times[i]);
        std::printf("  %-12s %10.6f s %8.2f GB/s", operations[i], time, gigabytes / time);
        if (i == 1) std::printf("   %.2f of a plain write", median(times[0]) / time);
        if (i == 3) std::printf("   %.2f of a plain read", median(times[2]) / time);
        if (i == 4) std::printf("   %.2f %% of the time of load", 100.0 * time / median(times[3]));
        std::printf("\n");
    }
}

template <class Metric>
void measure_codecs(const bench::matrix<float>& base, const options& settings) {
    const auto wanted = [&](const std::string& name) { return ("," + settings.codecs + ",").find("," + name + ",") != std::string::npos; };
    if (wanted("f32")) measure<Metric, sx::f32>("f32", base, settings);
    if (wanted("f16")) measure<Metric, sx::f16>("f16", base, settings);
    if (wanted("u8")) measure<Metric, sx::u8>("u8", base, settings);
    if (wanted("lvq8")) measure<Metric, sx::lvq<8>>("lvq8", base, settings);
    if (wanted("rabitq2+f16")) measure<Metric, sx::rerank<sx::rabitq<2>, sx::f16>>("rabitq2+f16", base, settings);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const options settings = parse(argc, argv);
        const bench::matrix<float> base = bench::read_matrix<float>(settings.base, settings.max_base);
        if (settings.metric == "cosine") {
            measure_codecs<sx::cosine>(base, settings);
        } else if (settings.metric == "l2") {
            measure_codecs<sx::l2>(base, settings);
        } else {
            throw std::runtime_error("--metric is l2 or cosine");
        }
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "files: %s\n", e.what());
        return 2;
    }
}
