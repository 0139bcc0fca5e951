#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace bench {

/// One line on standard error that says how far a long piece of work has come, redrawn at most ten times a
/// second and wiped at the end. Prints nothing unless standard error is a terminal. May be called from many
/// threads.
class progress_line {
public:
    explicit progress_line(std::string what) : what_(std::move(what)) { draw(""); }
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;
    ~progress_line() {
        if (terminal_) {
            std::fputs("\r\033[K", stderr);
        }
    }

    void operator()(std::size_t done, std::size_t total) {
        if (!terminal_ || total == 0) {
            return;
        }
        // A thread that finds another drawing goes on with its work.
        const std::unique_lock lock(mutex_, std::try_to_lock);
        const clock::time_point now = clock::now();
        if (!lock || now - drawn_ < std::chrono::milliseconds(100)) {
            return;
        }
        drawn_ = now;
        std::array<char, 64> how_far{};
        std::snprintf(how_far.data(), how_far.size(), " %zu of %zu (%zu %%)", done, total,
                      done * 100 / total);
        draw(how_far.data());
    }

private:
    using clock = std::chrono::steady_clock;

    static bool is_terminal() {
#if defined(__unix__) || defined(__APPLE__)
        return isatty(STDERR_FILENO) == 1;
#else
        return false;
#endif
    }

    void draw(const char* how_far) const {
        if (terminal_) {
            std::fprintf(stderr, "\r\033[K%s%s", what_.c_str(), how_far);
            std::fflush(stderr);
        }
    }

    std::string what_;
    bool terminal_ = is_terminal();
    clock::time_point drawn_{};
    std::mutex mutex_;
};

} // namespace bench
