#pragma once

#include "../core/function_ref.hpp"
#include "../core/stop_condition.hpp"
#include "../parallel/executor.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How a bulk build is run. None of it changes the graph that comes out.
struct build_options {
    /// Who does the work: `.executor = &pool`. Sequential when empty. insert(), erase() and what needs the index to itself may
    /// wait for its tasks (parallel/executor.hpp: what a pool that also runs these must do).
    executor_ref executor = {};
    /// Called as `(done, total)` between batches, on the thread that called build(). Not copied.
    progress_ref progress = {};
    /// Asked between and within batches; a build that is stopped leaves the batches that were finished. These are of rows from
    /// everywhere, not the first ones: the same call again inserts the rest, and compact() gives back the slots of the others.
    stop_condition stop = {};
};

}  // namespace sextant::inline SEXTANT_ABI
