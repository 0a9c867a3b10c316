#pragma once
// Tells everything that happens to rows, runs and messages, for who replays a seed.

#include "tests/simulation/laws/law.hpp"

namespace xxl::sim {

std::unique_ptr<law> make_chronicle(const world& w);

} // namespace xxl::sim
