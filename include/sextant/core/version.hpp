#pragma once

// The build reads the version from these three lines.
#define SEXTANT_VERSION_MAJOR 0
#define SEXTANT_VERSION_MINOR 1
#define SEXTANT_VERSION_PATCH 0
