#pragma once

inline std::vector<int> forgotten;
