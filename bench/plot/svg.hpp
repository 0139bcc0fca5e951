#pragma once

#include "plot/curves.hpp"
#include <string>
#include <vector>

namespace bench {

/// A picture of all panels side by side, recall against queries per second: recall spaced by -log10(1 -
/// recall), so that each further nine takes the same room, queries per second spaced by their logarithm. A
/// name has one colour, and one kind of line, in all panels. Vertical strokes reach from the slowest to the
/// fastest round.
std::string draw_svg(const std::vector<panel>& panels, const std::string& title);

} // namespace bench
