#include <sextant/core/config.hpp>
abi_name=SEXTANT_ABI
