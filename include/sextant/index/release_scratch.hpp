#pragma once

#include "../build/erase.hpp"
#include "../build/insert.hpp"
#include "../codec/codec_work.hpp"
#include "../codec/rabitq_sweep.hpp"
#include "../parallel/lease.hpp"
#include "../search/scratch.hpp"
#include "input.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Frees the buffers that the calling thread keeps between searches and inserts. They come back with its next one.
inline void release_scratch() noexcept {
    lease<search_scratch>::release();
    lease<insert_scratch>::release();
    lease<erase_scratch>::release();
    lease<codec_work>::release();
    lease<rabitq_sweep>::release();
    lease<input_work<float>>::release();
}

}  // namespace sextant::inline SEXTANT_ABI
