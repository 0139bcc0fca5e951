#include <sextant/sextant.hpp>

int main() {}
