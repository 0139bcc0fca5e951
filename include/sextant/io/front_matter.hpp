#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "../core/bytes.hpp"
#include "../core/file_error.hpp"
#include "../core/options.hpp"
#include "../core/random.hpp"
#include "../graph/graph.hpp"
#include "../graph/record.hpp"
#include "format.hpp"
#include "key_format.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The sections "names" and "options": what an index is, without what is in it.
struct front_matter {
    std::string metric;
    std::string codec;
    key_format key{};
    index_options options;
    std::uint64_t slots = 0;
    std::uint64_t live = 0;
    std::uint64_t dead = 0;
    std::uint64_t upper_lists = 0;
    entry_point entry;
    std::uint64_t code_bytes = 0;
    std::uint64_t cold_bytes = 0;

    byte_writer names() const {
        byte_writer out;
        out.put(std::string_view(metric));
        out.put(std::string_view(codec));
        return out;
    }

    byte_writer numbers() const {
        byte_writer out;
        for (const std::uint64_t value : {std::uint64_t{options.dim}, std::uint64_t{options.degree},
                                          std::uint64_t{options.ef_construction}, options.seed, slots, live, dead, upper_lists}) {
            out.put(value);
        }
        out.put(entry.id);
        out.put(static_cast<std::uint32_t>(entry.level));
        out.put(code_bytes);
        out.put(cold_bytes);
        out.put(static_cast<std::uint32_t>(key.kind));
        out.put(key.size);
        return out;
    }

    bool read_names(std::span<const std::byte> bytes) {
        byte_reader in(bytes);
        metric = in.get_text();
        codec = in.get_text();
        return in.finished();
    }

    bool read_numbers(std::span<const std::byte> bytes) {
        byte_reader in(bytes);
        options.dim = in.get<std::uint64_t>();
        options.degree = in.get<std::uint64_t>();
        options.ef_construction = in.get<std::uint64_t>();
        options.seed = in.get<std::uint64_t>();
        slots = in.get<std::uint64_t>();
        live = in.get<std::uint64_t>();
        dead = in.get<std::uint64_t>();
        upper_lists = in.get<std::uint64_t>();
        entry.id = in.get<std::uint32_t>();
        entry.level = in.get<std::uint32_t>();
        code_bytes = in.get<std::uint64_t>();
        cold_bytes = in.get<std::uint64_t>();
        key.kind = static_cast<key_kind>(in.get<std::uint32_t>());
        key.size = in.get<std::uint32_t>();
        return in.finished();
    }

    /// What is impossible for any index, or null. The options have been found in order.
    const char* mistake() const noexcept {
        if (slots > max_slots || live > slots || dead > slots - live) return "more nodes than there can be";
        if (upper_lists > max_slots || upper_lists > slots * max_level) return "more lists than there can be";
        if (entry.exists() ? entry.id >= slots || entry.level > max_level : entry.level != 0) return "an impossible entry point";
        if (entry.exists() != (live > 0)) return "vectors without an entry point, or the other way round";
        return nullptr;
    }

    std::uint64_t record_bytes() const noexcept { return record_layout(options.degree, code_bytes).stride; }
    std::uint64_t upper_bytes() const noexcept { return round_up(options.degree * sizeof(slot), cache_line); }
    std::uint64_t cold_stride() const noexcept { return round_up(cold_bytes, cache_line); }
};

}  // namespace sextant::inline SEXTANT_ABI
