#include "macro/index_types.hpp"
#include "macro/program.hpp"
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

namespace sx = sextant;
using namespace bench;

struct options {
    std::filesystem::path base;
    std::filesystem::path directory = std::filesystem::temp_directory_path();
    metric_kind metric = metric_kind::l2;
    std::string codecs = "f32";
    std::size_t rounds = 5;
    std::size_t max_base = std::numeric_limits<std::size_t>::max();
    bool help = false;
};

options parse(int argc, const char* const* argv) {
    options result;
    const setters known{
        {"--base", [&](std::string_view text) { result.base = text; }},
        {"--directory", [&](std::string_view text) { result.directory = text; }},
        {"--metric", [&](std::string_view text) { result.metric = parse_metric(text); }},
        {"--codec", [&](std::string_view text) { result.codecs = text; }},
        {"--rounds", count("--rounds", result.rounds)},
        {"--max-base", count("--max-base", result.max_base)},
    };
    result.help = !parse_arguments(argc, argv, known);
    if (!result.help && result.base.empty()) throw usage_error("--base names the vectors");
    return result;
}

void print_help() {
    std::printf(
        R"(files: how quickly an index is saved, loaded and opened, beside a plain write and read of the same bytes

usage: files --base FILE [options]

  --base FILE            vectors to index: fvecs bvecs ivecs fbin f16bin u8bin i8bin ibin
%s  --rounds N             [5]
  --max-base N           use the first N vectors of the base
  --directory D          where the files are made                               [where temporary ones are]

The rounds of all five operations are interleaved, medians are given. A plain write ends with fsync, as a save
does; a plain read goes into memory fresh from the system, as a load does. Files are in the system's cache when
they are read.
)",
        index_types_help);
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

template <class Index>
void measure(std::string_view codec, const float_matrix& base, const options& settings) {
    const std::filesystem::path path = settings.directory / "sextant-files-benchmark.sxt";
    const std::filesystem::path plain = settings.directory / "sextant-files-benchmark.plain";
    Index index({.dim = base.dim, .ef_construction = 40});
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
        times[3].push_back(seconds([&] { require(sx::load<Index>(path).has_value(), "load"); }));
        times[4].push_back(
            seconds([&] { require(sx::open_mapped<Index>(path).has_value(), "open_mapped"); }));
    }
    std::filesystem::remove(path);
    std::filesystem::remove(plain);
    std::printf("%.*s, %zu x %zu, %.1f MB\n", static_cast<int>(codec.size()), codec.data(), base.rows(),
                base.dim, 1e3 * gigabytes);
    for (std::size_t i = 0; i < std::size(operations); ++i) {
        const double time = median(times[i]);
        std::printf("  %-12s %10.6f s %8.2f GB/s", operations[i], time, gigabytes / time);
        if (i == 1) std::printf("   %.2f of a plain write", median(times[0]) / time);
        if (i == 3) std::printf("   %.2f of a plain read", median(times[2]) / time);
        if (i == 4) std::printf("   %.2f %% of the time of load", 100.0 * time / median(times[3]));
        std::printf("\n");
    }
}

void run(const options& settings) {
    const float_matrix base = read_with_progress(settings.base, settings.max_base);
    for (const std::string_view codec : split(settings.codecs)) {
        call_for_index(settings.metric, codec, [&]<class Index> { measure<Index>(codec, base, settings); });
    }
}

} // namespace

int main(int argc, char** argv) {
    return run_program("files", [&] {
        const options settings = parse(argc, argv);
        settings.help ? print_help() : run(settings);
    });
}
