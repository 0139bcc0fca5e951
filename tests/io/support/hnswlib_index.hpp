#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "support/matrix.hpp"

namespace support {

/// An index of hnswlib, kept to one source file: its headers may be included only once in a program.
class hnswlib_index {
public:
    enum class space { l2, inner_product };

    hnswlib_index(space metric, std::size_t dim, std::size_t capacity, std::size_t degree, std::size_t ef_construction);
    ~hnswlib_index();

    void add(std::span<const float> vector, std::uint64_t label);
    void mark_deleted(std::uint64_t label);
    void save(const std::filesystem::path& path) const;

    /// The labels of the k nearest that a search finds, in no order.
    std::vector<std::uint64_t> search(std::span<const float> query, std::size_t k, std::size_t ef) const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace support
