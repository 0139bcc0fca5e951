#pragma once

#include <ostream>
#include <string>
#include <system_error>
#include <utility>

#include "expected.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What was wrong with a file.
enum class file_errc {
    system,       ///< the operating system refused: see file_error::system
    not_a_file,   ///< there is something else under that name: a directory, a device
    format,       ///< not a file of this kind
    version,      ///< of a version that this library does not read
    type,         ///< it holds an index of another type: metric, codec, key
    truncated,    ///< it ends too early, or says so
    checksum,     ///< its bytes are not those that were written
    corrupt,      ///< it contradicts itself
    unsupported,  ///< this platform cannot do that
};

/// Why a file could not be written or read. Files come from elsewhere: what is wrong with them is data, and is returned.
struct file_error {
    file_errc code;
    std::string message;   ///< a sentence for a log
    int system = 0;        ///< errno, where the system refused

    friend std::ostream& operator<<(std::ostream& out, const file_error& error) { return out << error.message; }
};

inline unexpected<file_error> failed(file_errc code, std::string message) {
    return unexpected(file_error{code, "sextant: " + std::move(message), 0});
}

/// What the system refused, and why.
inline unexpected<file_error> system_failed(const std::string& what, int error) {
    return unexpected(file_error{file_errc::system, "sextant: " + what + ": " + std::generic_category().message(error), error});
}

template <class T>
using file_result = expected<T, file_error>;

}  // namespace sextant::inline SEXTANT_ABI
