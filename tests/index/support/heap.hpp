#pragma once

#include <cstddef>

#include "support/allocations.hpp"

namespace support {

/// How many bytes of the heap are in use against when this was made. Only where it is known().
class heap_bytes {
public:
    heap_bytes() : before_(heap_in_use()) {}

    static bool known() { return operator_new_is_watched(); }

    std::ptrdiff_t grown_by() const { return heap_in_use() - before_; }

private:
    std::ptrdiff_t before_;
};

}  // namespace support
