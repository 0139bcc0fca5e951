#pragma once

#include <sextant/codec/codec.hpp>
#include <sextant/core/error.hpp>

#include <optional>
#include <span>

namespace codec_test {

/// Why a codec refuses a vector, or nothing where it takes it.
template <class Codec>
std::optional<sextant::errc> refusal(const Codec& codec, std::span<const typename Codec::element> vector) {
    try {
        sextant::check(codec, vector);
    } catch (const sextant::error& e) {
        return e.code();
    }
    return std::nullopt;
}

}  // namespace codec_test
