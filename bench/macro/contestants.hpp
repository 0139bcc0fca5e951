#pragma once

#include "peers/peer.hpp"
#include <string>
#include <string_view>
#include <vector>

/// What is measured beside each other, of what this program was compiled with.
namespace bench {

/// One library with one codec.
struct contestant {
    std::string_view library;
    const codec_entry* codec;
};

/// Each library with each of the codecs asked for that it has; a codec that none of them has is an error.
std::vector<contestant> choose_contestants(std::string_view library_list, std::string_view codec_list);

/// A line for each library this program was compiled with, naming its codecs.
std::string compiled_in();

} // namespace bench
