#pragma once

#include <sextant/memory/pages.hpp>

#include <cstddef>
#include <limits>
#include <map>

namespace memory_test {

/// A page source that passes on to another one, keeps books of what is out, and fails when told to.
template <class Base>
struct recording_pages : Base {
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    struct block {
        std::size_t bytes = 0;
        std::size_t committed = 0;
    };

    struct books {
        std::map<std::byte*, block> blocks;
        std::size_t reserves_granted = unlimited;
        std::size_t commits_granted = unlimited;
        std::size_t mistakes = 0;  // blocks given back that were not out, or with another size than asked for

        std::size_t committed() const {
            std::size_t total = 0;
            for (const auto& [address, b] : blocks) total += b.committed;
            return total;
        }
    };

    static inline books now;

    static std::byte* reserve(std::size_t bytes) {
        if (!grant(now.reserves_granted)) return nullptr;
        std::byte* const address = Base::reserve(bytes);
        now.blocks[address] = {bytes, Base::commits_lazily ? 0 : bytes};
        return address;
    }

    static bool commit(std::byte* address, std::size_t bytes) {
        block& b = now.blocks.at(address);
        if (bytes > b.bytes) ++now.mistakes;
        if (!grant(now.commits_granted)) return false;
        b.committed = bytes;
        return Base::commit(address, bytes);
    }

    static void release(std::byte* address, std::size_t bytes) {
        const auto found = now.blocks.find(address);
        if (found == now.blocks.end() || found->second.bytes != bytes) ++now.mistakes;
        now.blocks.erase(address);
        Base::release(address, bytes);
    }

private:
    static bool grant(std::size_t& left) {
        if (left == unlimited) return true;
        if (left == 0) return false;
        --left;
        return true;
    }
};

}  // namespace memory_test
