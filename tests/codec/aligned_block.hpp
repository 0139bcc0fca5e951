#pragma once

#include <sextant/core/types.hpp>

#include <cstddef>
#include <memory>
#include <new>

namespace codec_test {

/// Exactly as many bytes as asked for, aligned as codes are; the address sanitizer sees every step beyond.
class aligned_block {
public:
    explicit aligned_block(std::size_t bytes)
        : bytes_(static_cast<std::byte*>(::operator new(bytes, std::align_val_t{sextant::cache_line}))) {}

    std::byte* get() const noexcept { return bytes_.get(); }

private:
    struct free {
        void operator()(std::byte* bytes) const noexcept {
            ::operator delete(bytes, std::align_val_t{sextant::cache_line});
        }
    };

    std::unique_ptr<std::byte, free> bytes_;
};

}  // namespace codec_test
