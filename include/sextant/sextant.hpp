#pragma once

/// sextant: approximate nearest-neighbour search with HNSW graphs. Everything a program needs.

#include "core/version.hpp"
#include "fwd.hpp"
#include "index/index.hpp"
#include "index/release_scratch.hpp"
#include "io/import_hnswlib.hpp"
#include "io/load.hpp"
#include "io/open_mapped.hpp"
#include "io/save.hpp"
#include "metric/cosine.hpp"
#include "metric/custom.hpp"
#include "metric/hamming.hpp"
#include "metric/inner_product.hpp"
#include "metric/l2.hpp"
#include "parallel/thread_pool.hpp"
